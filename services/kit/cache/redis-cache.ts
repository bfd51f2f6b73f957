import type { Cache, CacheOptions } from './cache.ts';
import { parseRedisUrl } from './redis-address.ts';
import type { RedisConnection } from './redis-connection.ts';

/** Values larger than this are not worth their time on the wire, and the server answers nobody else meanwhile. */
const mostValueCharacters = 512 * 1024;

/**
 * The cache in Redis or Valkey, shared by all replicas. While it is away, every read is a miss and every write is dropped,
 * after at most the deadline of a command. Throws for a URL that is wrong.
 */
export const createRedisCache = (
  url: string,
  { namespace = 'cloudmart', logger, metrics, commandDeadlineMs }: CacheOptions,
): Cache => {
  const address = parseRedisUrl(url);
  const failures = metrics?.counter({
    name: 'cache_failures_total',
    help: 'Commands that the shared cache did not carry out, by why.',
    labels: ['reason'],
  });
  // Loaded only where it is used: the client would cost every local process its memory.
  const opening: Promise<RedisConnection> = import('./redis-connection.ts').then(({ connectRedis }) =>
    connectRedis({ address, logger, commandDeadlineMs }),
  );
  const run: RedisConnection['run'] = async (command) => {
    const connection = await opening;
    await connection.tried;
    return connection.run(command);
  };
  let isForbiddenTold = false;
  const reasonOf = (problem: unknown): string => {
    if (problem instanceof Error && problem.message.startsWith('NOPERM')) return 'forbidden';
    const { code } = problem as { code?: string };
    return code?.startsWith('redis.') ? code.slice('redis.'.length) : 'refused';
  };
  const orElse = async <T>(fallback: T, work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (problem) {
      const reason = reasonOf(problem);
      failures?.inc({ reason });
      // Never ends by itself, and looks like a cache that knows nothing.
      if (reason === 'forbidden' && !isForbiddenTold) {
        isForbiddenTold = true;
        logger?.error({ error: problem }, 'the cache refuses a command to this service; add it to kit/cache-rights.ts');
      }
      return fallback;
    }
  };
  const keyOf = (key: string) => `${namespace}:${key}`;
  const msOf = (seconds: number) => Math.max(1, Math.round(seconds * 1000));

  return {
    get: <T>(key: string) =>
      orElse<T | undefined>(
        undefined,
        run((client) => client.get(keyOf(key))).then((text) => (text === null ? undefined : (JSON.parse(text) as T))),
      ),
    set: async (key, value, ttlSeconds) => {
      const text = JSON.stringify(value);
      if (text.length > mostValueCharacters) return;
      const expiration = { type: 'PX', value: msOf(ttlSeconds) } as const;
      await orElse(
        undefined,
        run((client) => client.set(keyOf(key), text, { expiration })).then(() => undefined),
      );
    },
    delete: (key) =>
      orElse(
        undefined,
        run((client) => client.del(keyOf(key))).then(() => undefined),
      ),
    increment: (key, ttlSeconds) =>
      orElse(
        0,
        run((client) =>
          client.multi().incr(keyOf(key)).pExpire(keyOf(key), msOf(ttlSeconds), 'NX').exec<'typed'>(),
        ).then(([count]) => Number(count)),
      ),
    check: async () => {
      await run((client) => client.ping());
    },
    close: async () => {
      await (await opening).close();
    },
  };
};
