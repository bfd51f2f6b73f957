import { type CacheAnalysis, ttlBounds } from '../../contracts/http/operations/cache-api.ts';
import { nothingShared, type SharedCache, scanKeys } from './shared-cache.ts';

export type CacheLimits = {
  /** Milliseconds for the scan; default 5,000. */
  readonly withinMs?: number;
  /** Keys that are looked at; default 200,000. */
  readonly mostKeys?: number;
};

/** Keys of a prefix whose sizes are asked for; a scan hands keys over in the order of their hashes, so these are a fair sample. */
const sampledAPrefix = 200;
/** Elements of a big value from which its size is estimated. */
const sampledElements = 5;
const biggestAPrefix = 5;
/** What comes after so many prefixes counts as one more: somebody puts ids where words belong. */
const mostPrefixes = 50;
const otherPrefixes = '(others)';

type Prefix = { keys: number; sampled: number; bytes: number; biggest: { key: string; bytes: number }[] };

/** `cart:prices.v1:prd_1` -> `cart:prices.v1`; what has one word before its id is named by that. */
const prefixOf = (key: string): string => {
  const words = key.split(':');
  return words.slice(0, Math.min(2, Math.max(1, words.length - 1))).join(':');
};

const factsOf = (info: string): ReadonlyMap<string, number> =>
  new Map(
    info.split(/\r?\n/).flatMap((line) => {
      const [name, value] = line.split(':');
      return name && value && Number.isFinite(Number(value)) ? [[name, Number(value)] as const] : [];
    }),
  );

const nothing: CacheAnalysis = {
  lacking: nothingShared,
  keys: 0,
  scannedKeys: 0,
  isWhole: true,
  hitPercent: null,
  hits: 0,
  misses: 0,
  evicted: 0,
  expired: 0,
  usedBytes: 0,
  mostBytes: null,
  fragmentation: null,
  averageTtlSeconds: null,
  endlessKeys: 0,
  ttlHistogram: [],
  prefixes: [],
};

const readServer = async (cache: SharedCache) => {
  const facts = factsOf(await cache.run((client) => client.info()));
  const [hits, misses] = [facts.get('keyspace_hits') ?? 0, facts.get('keyspace_misses') ?? 0];
  return {
    keys: await cache.run((client) => client.dbSize()),
    hitPercent: hits + misses === 0 ? null : (100 * hits) / (hits + misses),
    hits,
    misses,
    evicted: facts.get('evicted_keys') ?? 0,
    expired: facts.get('expired_keys') ?? 0,
    usedBytes: facts.get('used_memory') ?? 0,
    mostBytes: facts.get('maxmemory') || null,
    fragmentation: facts.get('mem_fragmentation_ratio') ?? null,
  };
};

/** Gathers times and sizes of keys, part by part. */
const createTally = (cache: SharedCache) => {
  const prefixes = new Map<string, Prefix>();
  const histogram = [...ttlBounds, null].map((upToSeconds) => ({ upToSeconds: upToSeconds as number | null, keys: 0 }));
  let [scanned, ending, totalMs, endless] = [0, 0, 0, 0];

  const prefixFor = (key: string): Prefix => {
    const name = prefixOf(key);
    const counted = prefixes.has(name) || prefixes.size < mostPrefixes ? name : otherPrefixes;
    const known = prefixes.get(counted) ?? { keys: 0, sampled: 0, bytes: 0, biggest: [] };
    prefixes.set(counted, known);
    return known;
  };
  const addTime = (ttlMs: number) => {
    if (ttlMs === -1) endless += 1;
    // -2: it is gone since the scan saw it.
    if (ttlMs < 0) return;
    ending += 1;
    totalMs += ttlMs;
    const column = histogram.find(({ upToSeconds }) => upToSeconds === null || ttlMs <= upToSeconds * 1000);
    if (column) column.keys += 1;
  };
  const addSize = (prefix: Prefix, key: string, bytes: number) => {
    prefix.bytes += bytes;
    prefix.biggest = [...prefix.biggest, { key, bytes }].toSorted((a, b) => b.bytes - a.bytes).slice(0, biggestAPrefix);
  };

  return {
    add: async (keys: readonly string[]) => {
      scanned += keys.length;
      const times = await cache.run((client) => Promise.all(keys.map((key) => client.pTTL(key))));
      for (const time of times) addTime(time);
      const measured = keys.flatMap((key) => {
        const prefix = prefixFor(key);
        prefix.keys += 1;
        if (prefix.sampled >= sampledAPrefix) return [];
        prefix.sampled += 1;
        return [{ key, prefix }];
      });
      const sizes = await cache.run((client) =>
        Promise.all(measured.map(({ key }) => client.memoryUsage(key, { SAMPLES: sampledElements }))),
      );
      for (const [at, { key, prefix }] of measured.entries()) addSize(prefix, key, sizes[at] ?? 0);
    },
    result: () => ({
      scannedKeys: scanned,
      averageTtlSeconds: ending === 0 ? null : totalMs / ending / 1000,
      endlessKeys: endless,
      ttlHistogram: histogram,
      prefixes: [...prefixes]
        .map(([prefix, { keys, sampled, bytes, biggest }]) => ({
          prefix,
          keys,
          averageBytes: Math.round(bytes / Math.max(1, sampled)),
          biggest,
        }))
        .toSorted((a, b) => b.keys - a.keys || a.prefix.localeCompare(b.prefix)),
    }),
  };
};

/** What the shared cache holds and how well it serves, by reading alone and within a time; says so where nothing is shared. */
export const analyseCache = async (
  cache: SharedCache | undefined,
  { withinMs = 5_000, mostKeys = 200_000 }: CacheLimits = {},
): Promise<CacheAnalysis> => {
  if (!cache) return nothing;
  const server = await readServer(cache);
  const tally = createTally(cache);
  const isWhole = await scanKeys(cache, { withinMs, mostKeys }, tally.add);
  return { lacking: null, ...server, isWhole, ...tally.result() };
};
