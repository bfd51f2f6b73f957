/** Connections of clients as pg_stat_activity has them. */
import {
  type DatabaseSession,
  mostStatementCharacters,
} from '../../contracts/http/operations/database-sessions-api.ts';

/** Columns of one session; the view's alias is `a`. */
export const sessionColumns = `a.pid, a.usename AS role, a.application_name AS application, coalesce(a.state, 'unknown') AS state,
  to_char(a.query_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS query_start,
  CASE WHEN a.state = 'active' AND a.wait_event IS NOT NULL THEN a.wait_event_type || ': ' || a.wait_event END AS waits_for,
  (extract(epoch FROM clock_timestamp() - a.xact_start) * 1000)::bigint AS transaction_ms,
  left(a.query, ${mostStatementCharacters}) AS query`;

export type SessionRow = {
  readonly pid: number;
  readonly role: string;
  readonly application: string;
  readonly state: string;
  readonly query_start: string | null;
  readonly waits_for: string | null;
  readonly transaction_ms: string | null;
  readonly query: string;
};

/** A row as the doors tell it. */
export const asSession = (row: SessionRow): DatabaseSession => ({
  pid: row.pid,
  queryStart: row.query_start,
  role: row.role,
  application: row.application,
  state: row.state,
  waitsFor: row.waits_for,
  transactionMs: row.transaction_ms === null ? null : Number(row.transaction_ms),
  query: row.query,
});
