/** The cache that all services share, past the adapter by which they use it: for looks and for what is deleted by hand. */
import { parseRedisUrl } from '../../kit/cache/redis-address.ts';
import { connectRedis, RedisAway, type RedisConnection } from '../../kit/cache/redis-connection.ts';
import type { Logger } from '../../kit/telemetry/logger.ts';
import { Refusal } from '../../kit/values/refusal.ts';

export type SharedCache = Pick<RedisConnection, 'run' | 'close'>;

/** Milliseconds for one command of a look: it asks for more at once than a request does. */
const commandDeadlineMs = 2_000;

/** What is said where each process has a cache of its own. */
export const nothingShared =
  'the cache lives inside each process here, so there is nothing shared to look at; a restart empties it';

/** Undefined for `memory:`: each process then has its own. Throws one sentence for a wrong URL. */
export const openSharedCache = (
  url: string,
  options: { readonly logger?: Logger; readonly commandDeadlineMs?: number } = {},
): SharedCache | undefined => {
  if (url === 'memory:') return undefined;
  const connection = connectRedis({ address: parseRedisUrl(url), commandDeadlineMs, ...options });
  return {
    run: async (command) => {
      await connection.tried;
      try {
        return await connection.run(command);
      } catch (problem) {
        if (!(problem instanceof RedisAway)) throw problem;
        throw new Refusal('unavailable', 'cache.unavailable', 'the cache cannot be reached; try again shortly', {
          retryAfterSeconds: 5,
          cause: problem,
        });
      }
    },
    close: () => connection.close(),
  };
};

export type ScanOptions = {
  /** Default all keys. */
  readonly pattern?: string;
  /** Milliseconds after which the scan is broken off. */
  readonly withinMs: number;
  /** Keys after which it is broken off. */
  readonly mostKeys: number;
};

/** Buckets of the server that one step looks through: about a millisecond in which it answers nobody else. */
const bucketsAStep = 500;

/**
 * Hands over all keys in parts, each key once, by SCAN: KEYS would hold up every service meanwhile.
 * @returns whether it came to the end
 */
export const scanKeys = async (
  cache: SharedCache,
  { pattern, withinMs, mostKeys }: ScanOptions,
  each: (keys: readonly string[]) => Promise<void>,
): Promise<boolean> => {
  const until = performance.now() + withinMs;
  const seen = new Set<string>();
  let cursor = '0';
  do {
    const from = cursor;
    const options = { COUNT: bucketsAStep, ...(pattern !== undefined && { MATCH: pattern }) };
    const step = await cache.run((client) => client.scan(from, options));
    cursor = String(step.cursor);
    const fresh = [...new Set(step.keys)].filter((key) => !seen.has(key));
    for (const key of fresh) seen.add(key);
    if (fresh.length > 0) await each(fresh);
  } while (cursor !== '0' && seen.size < mostKeys && performance.now() < until);
  return cursor === '0';
};
