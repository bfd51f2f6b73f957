import type { DeletedKeys } from '../../contracts/http/operations/cache-api.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import { nothingShared, type SharedCache, scanKeys } from './shared-cache.ts';

export type DeleteKeysOrder = {
  /** As Redis matches keys. */
  readonly pattern: string;
  /** Must be true for a pattern that matches every key. */
  readonly everything: boolean;
  /** Whether keys are only counted. */
  readonly dryRun: boolean;
  /** Milliseconds for each of the two scans; default 5,000. */
  readonly withinMs?: number;
};

/** Keys that are deleted by one command: their memory is freed in the background, their names are not. */
const keysACommand = 500;
const mostKeys = 1_000_000;
const mostExamples = 10;

/** Whether a pattern chooses among keys at all; a plain key means itself. */
const isPattern = (pattern: string) => /[*?[]/.test(pattern);

/** Whether a pattern matches whatever there is, by its text alone. */
const matchesAnything = (pattern: string) => /^[*?]*\*[*?]*$/.test(pattern);

const refuseEverything = (pattern: string, keys: number) =>
  new Refusal(
    'unprocessable',
    'cache.everything',
    `"${pattern}" matches every key of the cache (${keys}); say "everything" as well if you mean all of them`,
  );

/**
 * Deletes the keys that match a pattern, counted first: a pattern that turns out to match all keys needs a word of its own.
 * Throws `cache.not-shared` where each process has its own, `cache.everything` without that word, `cache.unavailable`.
 */
export const deleteKeys = async (
  cache: SharedCache | undefined,
  { pattern, everything, dryRun, withinMs = 5_000 }: DeleteKeysOrder,
): Promise<DeletedKeys> => {
  if (!cache) throw new Refusal('conflict', 'cache.not-shared', nothingShared);
  const all = await cache.run((client) => client.dbSize());
  if (!everything && matchesAnything(pattern)) throw refuseEverything(pattern, all);
  const examples: string[] = [];
  let matchedKeys = 0;
  const options = { pattern, withinMs, mostKeys };
  const isCounted = await scanKeys(cache, options, async (keys) => {
    matchedKeys += keys.length;
    examples.push(...keys.slice(0, mostExamples - examples.length));
  });
  if (!everything && isPattern(pattern) && matchedKeys > 0 && matchedKeys >= all) throw refuseEverything(pattern, all);
  if (dryRun) return { matchedKeys, deletedKeys: 0, isWhole: isCounted, examples };
  let deletedKeys = 0;
  const isWhole = await scanKeys(cache, options, async (keys) => {
    for (let from = 0; from < keys.length; from += keysACommand)
      deletedKeys += await cache.run((client) => client.unlink(keys.slice(from, from + keysACommand)));
  });
  return { matchedKeys, deletedKeys, isWhole, examples };
};
