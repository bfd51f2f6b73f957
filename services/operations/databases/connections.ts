import type { Connections } from '../../contracts/http/operations/database-sessions-api.ts';
import type { Database } from '../../kit/storage/database.ts';
import { type LookLimits, look } from './look.ts';
import { asSession, type SessionRow, sessionColumns } from './sessions.ts';

/** Milliseconds from which a transaction counts as long: dead rows of the whole server stay for it. */
export const longTransactionMs = 120_000;

/** Sessions and pools of a look. */
const mostRows = 200;

type PoolRow = {
  readonly role: string;
  readonly application: string;
  readonly active: number;
  readonly idle: number;
  readonly idle_in_transaction: number;
  readonly waiting: number;
};

const own = "a.datname = current_database() AND a.backend_type = 'client backend' AND a.pid <> pg_backend_pid()";

const serverStatement = `SELECT current_setting('max_connections')::int
    - current_setting('superuser_reserved_connections')::int - coalesce(current_setting('reserved_connections', true), '0')::int AS most,
  (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend') AS used`;

const poolStatement = `SELECT a.usename AS role, a.application_name AS application,
    count(*) FILTER (WHERE a.state = 'active')::int AS active, count(*) FILTER (WHERE a.state = 'idle')::int AS idle,
    count(*) FILTER (WHERE a.state LIKE 'idle in transaction%')::int AS idle_in_transaction,
    count(*) FILTER (WHERE a.state = 'active' AND a.wait_event_type = 'Lock')::int AS waiting
  FROM pg_stat_activity a WHERE ${own} GROUP BY 1, 2 ORDER BY count(*) DESC, 1, 2 LIMIT ${mostRows}`;

const longStatement = `SELECT ${sessionColumns} FROM pg_stat_activity a
  WHERE ${own} AND a.xact_start < clock_timestamp() - $1 * interval '1 ms' ORDER BY a.xact_start, a.pid LIMIT ${mostRows}`;

export type ConnectionLimits = LookLimits & {
  /** Milliseconds from which a transaction counts as long; default two minutes. */
  readonly longMs?: number;
};

/** How many connections the server has left, who holds those of this database, and whose transactions are open for long. */
export const connectionsOf = (
  database: Database,
  { longMs = longTransactionMs, ...limits }: ConnectionLimits = {},
): Promise<Connections> =>
  look(
    database,
    async (tx) => {
      const { rows: server } = await tx.query<{ most: number; used: number }>(serverStatement);
      const { rows: pools } = await tx.query<PoolRow>(poolStatement);
      const { rows: long } = await tx.query<SessionRow>(longStatement, [longMs]);
      return {
        most: server[0]?.most ?? 0,
        used: server[0]?.used ?? 0,
        pools: pools.map(({ idle_in_transaction: idleInTransaction, ...pool }) => ({ ...pool, idleInTransaction })),
        longTransactions: long.map(asSession),
      };
    },
    limits,
  );
