import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { inPart, SpanKind } from '../telemetry/tracing.ts';
import { Refusal } from '../values/refusal.ts';
import { type ConnectionSettings, connectionOptions } from './connection.ts';
import { asRefusal, isConflictFailure } from './database-failure.ts';
import { createListener, type Notified } from './listener.ts';
import { watchPool } from './watch-pool.ts';

export type QueryOptions = {
  /** Name under which each connection prepares the statement once; one name, one text. */
  readonly name?: string;
  /** Milliseconds that this one call may take at the client; default the statement timeout and a little. */
  readonly timeoutMs?: number;
  /** Whether the text must be one statement, for texts that come from people: the server then refuses a second. Default false. */
  readonly isOneStatement?: boolean;
};

/** Whatever statements can be sent through: the pool or one open transaction. */
export type Sql = {
  query<Row = Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
    options?: QueryOptions,
  ): Promise<{ rows: Row[]; rowCount: number }>;
};

export type TransactionOptions = {
  /** How often the whole work is run again after a deadlock or a serialization failure; default 0. */
  readonly retries?: number;
  /** Default the server's `read committed`. */
  readonly isolation?: 'repeatable read' | 'serializable';
};

export type Database = Sql & {
  /**
   * Commits what `work` did, or rolls all of it back and throws what it threw. Inside of `work` the pool's own `query` and
   * `transaction` are refused: only `tx` may be used.
   */
  transaction<T>(work: (tx: Sql) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /**
   * One connection for `work` alone, outside of any transaction, for what a session sets, locks or may not do in a transaction. It is
   * closed afterwards, and with it go all of its settings and locks. As in a transaction, only the given `Sql` may be used meanwhile.
   */
  session<T>(work: (session: Sql) => Promise<T>): Promise<T>;
  /** Calls back on each NOTIFY, and once with '' after a lost connection came back. Resolves to the function that stops it. */
  listen(channel: string, onNotify: Notified): Promise<() => Promise<void>>;
  /** Resolves if the database answers. */
  check(): Promise<void>;
  /** Waits for running statements, then closes every connection. */
  close(): Promise<void>;
};

export type DatabaseOptions = ConnectionSettings & {
  /** Largest number of connections of the pool; one more listens where `listen` is used. */
  readonly connections: number;
  readonly logger: Logger;
  readonly metrics?: Metrics | undefined;
  /** Milliseconds to wait for a free connection before refusing with 503; default 1,000. */
  readonly acquireTimeoutMs?: number;
  /** Milliseconds after which a connection that nobody used is closed, all but the last one; default 3,000. */
  readonly idleMs?: number | undefined;
  /** Value of the metric's label `pool`; default `own`. */
  readonly poolName?: string;
};

const through = (client: Pick<pg.PoolClient, 'query'>): Sql => ({
  query: async <Row>(
    text: string,
    values?: readonly unknown[],
    { name, timeoutMs, isOneStatement }: QueryOptions = {},
  ) => {
    const statement: pg.QueryConfig & { query_timeout?: number; queryMode?: 'extended' } = {
      text,
      ...(values && { values: [...values] }),
      name,
      ...(timeoutMs && { query_timeout: timeoutMs }),
      ...(isOneStatement && { queryMode: 'extended' as const }),
    };
    const result: pg.QueryResult | pg.QueryResult[] = await client.query(statement);
    // A text of several statements gives one result each.
    const results = Array.isArray(result) ? result : [result];
    return { rows: results.flatMap(({ rows }) => rows as Row[]), rowCount: results.at(-1)?.rowCount ?? 0 };
  },
});

const inDatabase = { kind: SpanKind.CLIENT, attributes: { 'db.system.name': 'postgresql' } };

const actionsAfterCommit = new WeakMap<Sql, (() => void)[]>();

/** Runs `action` once the transaction has committed, never if it rolls back; at once if `sql` is no open transaction. */
export const afterCommit = (sql: Sql, action: () => void): void => {
  const actions = actionsAfterCommit.get(sql);
  if (actions) actions.push(action);
  else action();
};

/**
 * A pool with deadlines on everything: acquiring (503 `database.pool-exhausted`), statements, locks, idle transactions, the
 * network. A database that cannot be reached is a `Refusal` of kind `unavailable`, code `database.unavailable`.
 */
export const createDatabase = (options: DatabaseOptions): Database => {
  const { logger, connections, acquireTimeoutMs = 1_000, idleMs = 3_000, metrics, poolName = 'own' } = options;
  const driverOptions = connectionOptions(options);
  const pool = new pg.Pool({
    ...driverOptions,
    max: connections,
    connectionTimeoutMillis: acquireTimeoutMs,
    // A backend costs the server some 10 MB, a new connection some 5 ms: what a burst opened goes soon after it. One stays
    // for those who look every second, whom a short time would make open a new one at each look.
    idleTimeoutMillis: idleMs,
    min: 1,
    allowExitOnIdle: true,
  });
  // Without a handler an idle connection that dies would end the process.
  pool.on('error', (error) => logger.warn({ error }, 'an idle database connection was lost'));
  if (metrics) watchPool(pool, metrics, poolName);
  const transactionInHand = new AsyncLocalStorage<{ isOpen: boolean }>();
  const listener = createListener(() => ({ ...driverOptions, connectionTimeoutMillis: 5_000 }), logger);

  const acquire = async (): Promise<pg.PoolClient> => {
    // As many transactions as the pool has connections would wait for one another until all of them time out.
    if (transactionInHand.getStore()?.isOpen)
      throw new Error(
        'the work of an open transaction asked its own pool for a second connection; use the transaction',
      );
    try {
      return await pool.connect();
    } catch (error) {
      const isTimeout = error instanceof Error && error.message === 'timeout exceeded when trying to connect';
      if (isTimeout && pool.totalCount >= connections)
        throw new Refusal(
          'unavailable',
          'database.pool-exhausted',
          'all database connections are busy; try again shortly',
          {
            retryAfterSeconds: 1,
            cause: error,
          },
        );
      throw asRefusal(error);
    }
  };

  const onOneConnection = async <T>(
    work: (client: pg.PoolClient, breakOff: (error: Error) => void) => Promise<T>,
  ): Promise<T> => {
    const client = await acquire();
    let broken: Error | undefined;
    const breakOff = (error: Error) => {
      broken ??= error;
    };
    client.on('error', breakOff);
    try {
      return await work(client, breakOff);
    } catch (error) {
      const refusal = asRefusal(error);
      if (refusal !== error) breakOff(error as Error);
      throw refusal;
    } finally {
      client.off('error', breakOff);
      client.release(broken);
    }
  };

  const runOnce = <T>(work: (tx: Sql) => Promise<T>, isolation: TransactionOptions['isolation']) =>
    onOneConnection(async (client, breakOff) => {
      await client.query(isolation ? `BEGIN ISOLATION LEVEL ${isolation}` : 'BEGIN');
      const tx = through(client);
      const actions: (() => void)[] = [];
      actionsAfterCommit.set(tx, actions);
      const scope = { isOpen: true };
      try {
        const result = await transactionInHand.run(scope, () => work(tx));
        const { command } = await client.query('COMMIT');
        // PostgreSQL answers COMMIT with ROLLBACK when the transaction failed and the work swallowed the error.
        if (command === 'ROLLBACK')
          throw new Error('the transaction was rolled back: one of its statements had failed');
        return { result, actions };
      } catch (error) {
        // A rollback that fails means a broken connection; the first error is the one to report.
        await client.query('ROLLBACK').catch(breakOff);
        throw error;
      } finally {
        scope.isOpen = false;
      }
    });

  const session: Database['session'] = (work) =>
    onOneConnection(async (client, breakOff) => {
      const scope = { isOpen: true };
      try {
        return await transactionInHand.run(scope, () => work(through(client)));
      } finally {
        scope.isOpen = false;
        breakOff(new Error('a session ends with its connection'));
      }
    });

  const transaction: Database['transaction'] = async (work, { retries = 0, isolation } = {}) => {
    for (let attempt = 0; ; attempt++) {
      try {
        const { result, actions } = await runOnce(work, isolation);
        for (const action of actions) action();
        return result;
      } catch (error) {
        if (attempt >= retries || !isConflictFailure(error)) throw error;
        await wait(Math.random() * 20 * 2 ** attempt);
      }
    }
  };

  const query: Database['query'] = (text, values, settings) =>
    onOneConnection(async (client, breakOff) => {
      try {
        return await through(client).query(text, values, settings);
      } catch (error) {
        // Only a text without values can hold several statements, a BEGIN among them whose COMMIT was never reached.
        if (!values) await client.query('ROLLBACK').catch(breakOff);
        throw error;
      }
    });

  return {
    query: (text, values, settings) =>
      inPart(settings?.name ?? 'statement', inDatabase, () => query(text, values, settings)),
    transaction: (work, settings) => inPart('transaction', inDatabase, () => transaction(work, settings)),
    session: (work) => inPart('session', inDatabase, () => session(work)),
    listen: listener.listen,
    check: async () => {
      await onOneConnection((client) => client.query('SELECT 1'));
    },
    close: async () => {
      await listener.close();
      if (!pool.ending) await pool.end();
    },
  };
};
