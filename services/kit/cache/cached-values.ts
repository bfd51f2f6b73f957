import type { Cache } from './cache.ts';

export type CachedValuesOptions = {
  readonly cache: Cache;
  /** What the values are, such as `product`; part of the key. */
  readonly name: string;
  /** Raised with every change of the values' shape or meaning: old and new releases run side by side and must not read each other's. */
  readonly version: number;
  readonly ttlSeconds: number;
};

/**
 * Cache-aside for values of one kind. Of several callers that miss the same value at the same time, one loads it and the
 * others of this process wait for it; each replica asks once.
 */
export const createCachedValues = <T>({ cache, name, version, ttlSeconds }: CachedValuesOptions) => {
  const loading = new Map<string, Promise<Map<string, T>>>();
  const keyOf = (id: string) => `${name}.v${version}:${id}`;

  const keep = async (values: ReadonlyMap<string, T>): Promise<void> => {
    await Promise.all([...values].map(([id, value]) => cache.set(keyOf(id), value, ttlSeconds)));
  };

  const cached = async (ids: readonly string[]): Promise<Map<string, T>> => {
    const found = new Map<string, T>();
    const lookUp = (id: string) => cache.get<T>(keyOf(id)).then((value) => value !== undefined && found.set(id, value));
    await Promise.all(ids.map(lookUp));
    return found;
  };

  /** Values by id, without those that nobody has; throws what `load` throws. */
  const load = async (
    ids: readonly string[],
    ask: (ids: readonly string[]) => Promise<Map<string, T>>,
  ): Promise<Map<string, T>> => {
    const own = ids.filter((id) => !loading.has(id));
    if (own.length > 0) {
      const batch = ask(own).finally(() => {
        for (const id of own) loading.delete(id);
      });
      for (const id of own) loading.set(id, batch);
      // Not awaited: an answer need not wait for a slow cache. It never throws.
      batch.then(keep, () => undefined);
    }
    const batches = await Promise.all(new Set(ids.map((id) => loading.get(id))));
    const values = new Map<string, T>();
    for (const batch of batches) for (const [id, value] of batch ?? []) if (ids.includes(id)) values.set(id, value);
    return values;
  };

  return { cached, load };
};
