/** What PostgreSQL itself counted: transactions of each database, and bytes of its write-ahead log. */
import pg from 'pg';
import type { LocalState } from '../local/state.ts';

export type DatabaseCounters = {
  /** Committed and rolled back, by database. */
  readonly transactions: Readonly<Record<string, number>>;
  readonly walBytes: number;
};

const statement = `
  SELECT datname AS name, (xact_commit + xact_rollback)::float8 AS count,
    pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 AS wal
  FROM pg_stat_database WHERE datname <> ALL ($1::text[])`;

/** Nobody's work: PostgreSQL's own databases. */
const OTHERS = ['postgres', 'template0', 'template1'];

const ANSWER_WITHIN_MS = 5_000;

export type CounterReader = { read(): Promise<DatabaseCounters>; close(): Promise<void> };

/** Reads the counters over one connection that is kept; each reading is itself one transaction of its database. */
export const openCounters = async ({ databases }: Pick<LocalState, 'databases'>): Promise<CounterReader> => {
  const [url] = Object.values(databases);
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: ANSWER_WITHIN_MS,
    query_timeout: ANSWER_WITHIN_MS,
  });
  client.on('error', () => undefined);
  await client.connect();
  return {
    read: async () => {
      const { rows } = await client.query<{ name: string; count: number; wal: number }>(statement, [OTHERS]);
      return {
        transactions: Object.fromEntries(rows.map(({ name, count }) => [name, count])),
        walBytes: rows[0]?.wal ?? 0,
      };
    },
    close: () => client.end(),
  };
};
