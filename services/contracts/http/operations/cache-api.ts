/** What the shared cache holds, as staff see it; `/operations/cache`. */
import { z } from 'zod';
import { actBody } from './acts-api.ts';

/** Bounds of the histogram by time to live, in seconds; the last column is what lives longer. */
export const ttlBounds = [60, 600, 3_600, 86_400] as const;

const examplePrefix = {
  prefix: 'product:product.v3',
  keys: 1200,
  averageBytes: 900,
  biggest: [{ key: 'product:product.v3:prd_01jdq5w8m3k7x2r9v4t6y0z1ab', bytes: 2_048 }],
};

/** Keys, hits, times and sizes; what is per key comes from the keys that were looked at. */
export const cacheAnswer = z
  .strictObject({
    /** Why there is nothing to look at; null where there is a shared cache. */
    lacking: z.string().nullable(),
    keys: z.int(),
    /** Keys that were looked at within the time of a look. */
    scannedKeys: z.int(),
    /** Whether these are all. */
    isWhole: z.boolean(),
    /** Share of the reads that found something since the server began; null before the first read. */
    hitPercent: z.number().nullable(),
    hits: z.int(),
    misses: z.int(),
    /** Keys that were dropped because the memory was full, and because their time was over. */
    evicted: z.int(),
    expired: z.int(),
    usedBytes: z.int(),
    /** Most that it may use; null: no limit. */
    mostBytes: z.int().nullable(),
    /** Memory of the process by memory in use; far above 1 it is in pieces. Null where the server does not say. */
    fragmentation: z.number().nullable(),
    /** Of the keys that end; null where none does. */
    averageTtlSeconds: z.number().nullable(),
    /** Keys that never end. */
    endlessKeys: z.int(),
    /** Keys by what is left of their time: up to so many seconds; null: longer. */
    ttlHistogram: z.array(z.strictObject({ upToSeconds: z.int().nullable(), keys: z.int() })),
    /** By the first two words of a key, most keys first, with the biggest of a sample. */
    prefixes: z.array(
      z.strictObject({
        prefix: z.string(),
        keys: z.int(),
        averageBytes: z.int(),
        biggest: z.array(z.strictObject({ key: z.string(), bytes: z.int() })),
      }),
    ),
  })
  .meta({
    example: {
      lacking: null,
      keys: 1200,
      scannedKeys: 1200,
      isWhole: true,
      hitPercent: 97.5,
      hits: 39_000,
      misses: 1000,
      evicted: 0,
      expired: 310,
      usedBytes: 4_194_304,
      mostBytes: 419_430_400,
      fragmentation: 1.2,
      averageTtlSeconds: 180,
      endlessKeys: 0,
      ttlHistogram: [...ttlBounds, null].map((upToSeconds) => ({ upToSeconds, keys: upToSeconds === 600 ? 1200 : 0 })),
      prefixes: [examplePrefix],
    },
  });

export const deleteKeysBody = z
  .strictObject({
    /** As Redis matches keys: `*` any text, `?` one character, `[ab]` one of them. */
    pattern: z.string().min(1).max(500),
    /** Must be true for a pattern that matches every key. */
    everything: z.boolean().default(false),
    ...actBody,
  })
  .meta({ example: { pattern: 'product:*', everything: false, reason: 'prices were imported twice', dryRun: true } });

export const deleteKeysAnswer = z
  .strictObject({
    matchedKeys: z.int(),
    deletedKeys: z.int(),
    /** Whether all keys were looked at within the time; if not, ask again. */
    isWhole: z.boolean(),
    /** Some of those that matched. */
    examples: z.array(z.string()),
  })
  .meta({ example: { matchedKeys: 1200, deletedKeys: 0, isWhole: true, examples: ['product:product.v3:prd_1'] } });

export type CacheAnalysis = z.output<typeof cacheAnswer>;
export type DeletedKeys = z.output<typeof deleteKeysAnswer>;
