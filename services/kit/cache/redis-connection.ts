import { setTimeout as wait } from 'node:timers/promises';
import { createClient, type RedisClientType } from '@redis/client';
import { createBackOff } from '../back-off.ts';
import type { Logger } from '../telemetry/logger.ts';
import { createElastiCacheToken } from './elasticache-token.ts';
import type { RedisAddress } from './redis-address.ts';

/** Redis is away, or did not answer in time. `code` says which. */
export class RedisAway extends Error {
  readonly code: 'redis.away' | 'redis.timeout';

  constructor(code: RedisAway['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'RedisAway';
    this.code = code;
  }
}

export type RedisConnectionOptions = {
  readonly address: RedisAddress;
  readonly logger?: Logger | undefined;
  /** Milliseconds that a command may take; default 250. */
  readonly commandDeadlineMs?: number;
  /** Makes the password of an address with `cacheName`; default {@link createElastiCacheToken}. */
  readonly createToken?: typeof createElastiCacheToken;
  /** Milliseconds between two sign-ins of an open connection with a new token; default 3 h, because ElastiCache cuts it after 12 h. */
  readonly signInEveryMs?: number;
};

type Client = RedisClientType;

export type RedisConnection = {
  /**
   * Runs one command; throws {@link RedisAway} at once while there is no connection, or after the deadline. A command
   * that was cut off may have had its effect.
   */
  run<T>(command: (client: Client) => Promise<T>): Promise<T>;
  /** Resolves when the first try to connect has ended, well or not. */
  readonly tried: Promise<void>;
  close(): Promise<void>;
};

const connectDeadlineMs = 2_000;
/** A connection on which nothing was answered for this long is given up: the server or the network is stuck. */
const longestSilenceMs = 1_000;
/** Commands that may wait for their answers at a time; a server that is far behind gets no more of them. */
const mostCommands = 10_000;

const within = async <T>(work: Promise<T>, deadlineMs: number, what: string): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    // An answer that lies unread because this process was busy itself is read before the immediate runs.
    const giveUp = () =>
      setImmediate(() => reject(new RedisAway('redis.timeout', `${what} took over ${deadlineMs} ms`)));
    timer = setTimeout(giveUp, deadlineMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};

/**
 * One connection to Redis or Valkey that is opened again whenever it is lost, for commands that may fail. Nothing waits in
 * a queue for it. The library's own way of reconnecting is off: it waits without end for a server that accepts and is silent.
 */
export const connectRedis = (options: RedisConnectionOptions): RedisConnection => {
  const { address, logger, commandDeadlineMs = 250, signInEveryMs = 3 * 3_600_000 } = options;
  const { createToken = createElastiCacheToken } = options;
  const { host, port, tls, database, username, cacheName } = address;
  const closing = new AbortController();
  let current: { readonly client: Client; lose(reason: unknown): void } | undefined;
  let giveUp: (reason: unknown) => void = () => undefined;
  let unansweredSince: number | undefined;
  let isKnownAway = false;

  const credentials = async () => {
    const password = cacheName && username ? await createToken({ cacheName, user: username }) : address.password;
    return { ...(username && { username }), ...(password && { password }) };
  };

  const open = async () => {
    let lose: (reason: unknown) => void = () => undefined;
    const lost = new Promise<never>((_, reject) => {
      lose = reject;
    });
    lost.catch(() => undefined);
    giveUp = lose;
    const client: Client = createClient({
      socket: {
        host,
        port,
        ...(tls && { tls: true }),
        connectTimeout: connectDeadlineMs,
        reconnectStrategy: false,
      },
      database,
      credentialsProvider: { type: 'async-credentials-provider', credentials },
      disableOfflineQueue: true,
      commandsQueueMaxLength: mostCommands,
      maintNotifications: 'disabled',
      // Its CLIENT SETINFO would be one more right; the name below comes with HELLO.
      disableClientInfo: true,
      ...(process.env['SERVICE_NAME'] && { name: process.env['SERVICE_NAME'] }),
    });
    client.on('error', lose);
    try {
      await within(Promise.race([client.connect(), lost]), connectDeadlineMs, 'signing in to Redis');
      return { client, lose, lost };
    } catch (problem) {
      client.destroy();
      throw problem;
    }
  };

  const report = (problem?: unknown) => {
    const isAway = problem !== undefined;
    if (isAway === isKnownAway || closing.signal.aborted) return;
    isKnownAway = isAway;
    if (isAway) logger?.warn({ error: problem, host, port }, 'Redis is away; going on without it');
    else logger?.info({ host, port }, 'Redis is back');
  };

  /** Prolongs the connection by 12 h. A failure waits for the next turn, of which there are three before the cut. */
  const signInAgain = (client: Client) => {
    const signIn = async () => {
      const { username: user = 'default', password = '' } = await credentials();
      await client.auth({ username: user, password });
    };
    signIn().catch((error: unknown) => logger?.warn({ error }, 'the connection to Redis could not be prolonged'));
  };

  let endFirstTry: () => void = () => undefined;
  const tried = new Promise<void>((resolve) => {
    endFirstTry = resolve;
  });

  const keepOpen = async () => {
    const backOff = createBackOff({ firstMs: 50 });
    while (!closing.signal.aborted) {
      let renewal: NodeJS.Timeout | undefined;
      let client: Client | undefined;
      try {
        const opened = await open();
        client = opened.client;
        const live = client;
        if (cacheName) renewal = setInterval(() => signInAgain(live), signInEveryMs).unref();
        unansweredSince = undefined;
        current = opened;
        backOff.reset();
        report();
        endFirstTry();
        await opened.lost;
      } catch (problem) {
        report(problem);
      }
      current = undefined;
      clearInterval(renewal);
      client?.destroy();
      endFirstTry();
      await wait(backOff.next(), undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
    }
  };
  const keeping = keepOpen();

  return {
    tried,
    run: async (command) => {
      const used = current;
      if (!used) throw new RedisAway('redis.away', `Redis at ${host}:${port} cannot be reached`);
      const sentAt = performance.now();
      unansweredSince ??= sentAt;
      try {
        const answer = await within(command(used.client), commandDeadlineMs, 'a command of Redis');
        unansweredSince = undefined;
        return answer;
      } catch (problem) {
        if (!(problem instanceof RedisAway)) unansweredSince = undefined;
        else if (performance.now() - (unansweredSince ?? sentAt) >= longestSilenceMs) used.lose(problem);
        // The server is a replica now: its name leads to the new primary with the next connection.
        if (problem instanceof Error && problem.message.startsWith('READONLY')) used.lose(problem);
        throw problem;
      }
    },
    close: async () => {
      closing.abort();
      giveUp(new Error('closed'));
      await keeping;
    },
  };
};
