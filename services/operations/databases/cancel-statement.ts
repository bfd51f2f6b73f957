import type { CancelledStatement } from '../../contracts/http/operations/database-sessions-api.ts';
import type { Database } from '../../kit/storage/database.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import { asSession, type SessionRow, sessionColumns } from './sessions.ts';

export type CancelOrder = {
  readonly pid: number;
  /** When the statement began, to the microsecond. */
  readonly queryStart: string;
  /** Whether it is only said what would be cancelled. */
  readonly dryRun: boolean;
};

// The statement that looks is the one that cancels: between two the connection could have gone on to the next statement.
const statement = `SELECT ${sessionColumns},
    CASE WHEN $3 THEN false ELSE pg_cancel_backend(a.pid) END AS is_cancelled
  FROM pg_stat_activity a
  WHERE a.pid = $1 AND a.query_start = $2::timestamptz AND a.state = 'active' AND a.pid <> pg_backend_pid()
    AND a.datname = current_database() AND a.backend_type = 'client backend'`;

/**
 * Cancels the statement of one connection, as if its client had asked for it: its transaction fails and the connection stays.
 * Throws `database.statement-gone` unless exactly this statement runs now, `database.statement-protected` for those of a superuser.
 */
export const cancelStatement = async (
  database: Database,
  { pid, queryStart, dryRun }: CancelOrder,
): Promise<CancelledStatement> => {
  const { rows } = await database
    .query<SessionRow & { is_cancelled: boolean }>(statement, [pid, queryStart, dryRun])
    .catch((problem: unknown) => {
      if ((problem as { code?: unknown }).code !== '42501') throw problem;
      throw new Refusal(
        'forbidden',
        'database.statement-protected',
        `the statement of ${pid} belongs to a role that this service may not disturb; ask an administrator of the database`,
        { cause: problem },
      );
    });
  const row = rows[0];
  if (!row || (!dryRun && !row.is_cancelled))
    throw new Refusal(
      'missing',
      'database.statement-gone',
      `no statement of ${pid} that began at ${queryStart} runs in this database any more; look again`,
    );
  return { session: asSession(row), isCancelled: row.is_cancelled };
};
