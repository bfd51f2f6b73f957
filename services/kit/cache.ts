import { LRUCache } from 'lru-cache';
import type { Metrics } from './metrics.ts';

/**
 * What may be lost at any time: copies and counters. A cache that fails answers as if it were empty and never throws,
 * so that no caller needs a second way of failing. Values are JSON.
 */
export type Cache = {
  get<T>(key: string): Promise<T | undefined>;
  set(key: string, value: unknown, ttlSeconds: number): Promise<void>;
  delete(key: string): Promise<void>;
  /** Adds one and returns the count; the count starts over `ttlSeconds` after its first increment. 0 while the cache is away. */
  increment(key: string, ttlSeconds: number): Promise<number>;
  /** Throws when the cache does not answer; for health checks only. */
  check(): Promise<void>;
  close(): Promise<void>;
};

export type CacheOptions = {
  /** Most entries of the in-process cache; default 10,000. */
  readonly maxEntries?: number;
  /** Most characters of all values in the in-process cache; default 8 Mi. */
  readonly maxCharacters?: number;
  /** Counts hits and misses as `cache_requests_total`. */
  readonly metrics?: Metrics;
};

const createMemoryCache = ({ maxEntries = 10_000, maxCharacters = 8 * 2 ** 20 }: CacheOptions): Cache => {
  const entries = new LRUCache<string, string>({
    max: maxEntries,
    maxSize: maxCharacters,
    sizeCalculation: (value, key) => value.length + key.length,
  });
  return {
    get: async <T>(key: string) => {
      const text = entries.get(key);
      return text === undefined ? undefined : (JSON.parse(text) as T);
    },
    set: async (key, value, ttlSeconds) => {
      entries.set(key, JSON.stringify(value), { ttl: ttlSeconds * 1000 });
    },
    delete: async (key) => {
      entries.delete(key);
    },
    increment: async (key, ttlSeconds) => {
      const count = Number(entries.get(key) ?? 0) + 1;
      const remaining = entries.getRemainingTTL(key);
      entries.set(key, String(count), { ttl: count === 1 ? ttlSeconds * 1000 : Math.max(1, remaining) });
      return count;
    },
    check: async () => undefined,
    close: async () => entries.clear(),
  };
};

const countRequests = (cache: Cache, metrics: Metrics): Cache => {
  const requests = metrics.counter({ name: 'cache_requests_total', help: 'Reads of the cache.', labels: ['result'] });
  return {
    ...cache,
    get: async <T>(key: string) => {
      const value = await cache.get<T>(key);
      requests.inc({ result: value === undefined ? 'miss' : 'hit' });
      return value;
    },
  };
};

/** Opens the cache that CACHE_URL names: `memory:` is a bounded LRU in this process. */
export const createCache = (url: string, options: CacheOptions = {}): Cache => {
  if (url !== 'memory:') throw new Error(`CACHE_URL: there is no adapter for "${url.split(':')[0]}:"; use memory:`);
  const cache = createMemoryCache(options);
  return options.metrics ? countRequests(cache, options.metrics) : cache;
};
