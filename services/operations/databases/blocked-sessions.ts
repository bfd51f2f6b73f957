import type { BlockedSessions } from '../../contracts/http/operations/database-sessions-api.ts';
import type { Database } from '../../kit/storage/database.ts';
import { type LookLimits, look } from './look.ts';
import { asSession, type SessionRow, sessionColumns } from './sessions.ts';

type Row = SessionRow & { readonly blocked_by: readonly number[]; readonly wants: string | null };

/** Sessions of a look; what a server with so many waiting needs is not a longer list. */
const mostSessions = 500;

/** Whoever waits, and whoever they wait for. A prepared transaction blocks as 0 and is no session. */
const statement = `WITH waiting AS MATERIALIZED (
    SELECT pid, pg_blocking_pids(pid) AS blocked_by FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'),
  involved AS (SELECT pid FROM waiting UNION SELECT unnest(blocked_by) FROM waiting)
  SELECT ${sessionColumns}, coalesce(w.blocked_by, '{}') AS blocked_by,
    (SELECT l.mode || coalesce(' on ' || l.relation::regclass::text, ' on a ' || l.locktype)
     FROM pg_locks l WHERE l.pid = a.pid AND NOT l.granted LIMIT 1) AS wants
  FROM pg_stat_activity a JOIN involved USING (pid) LEFT JOIN waiting w USING (pid)
  ORDER BY a.xact_start NULLS LAST, a.pid LIMIT ${mostSessions}`;

/** Each session once, below the first of those that it waits for; a circle, which the server is about to break, begins anywhere. */
const asTree = (rows: readonly Row[]): BlockedSessions['sessions'] => {
  const told = new Set<number>();
  const tree: BlockedSessions['sessions'] = [];
  const tell = (row: Row, depth: number) => {
    if (told.has(row.pid)) return;
    told.add(row.pid);
    tree.push({ ...asSession(row), depth, blockedBy: [...row.blocked_by], wants: row.wants });
    for (const next of rows) if (next.blocked_by.includes(row.pid)) tell(next, depth + 1);
  };
  for (const row of rows) if (!rows.some(({ pid }) => row.blocked_by.includes(pid))) tell(row, 0);
  for (const row of rows) tell(row, 0);
  return tree;
};

/** Sessions of this database that wait for a lock, each below the one that it waits for; empty where nobody waits. */
export const blockedSessions = async (database: Database, limits?: LookLimits): Promise<BlockedSessions> => {
  const { rows } = await look(database, (tx) => tx.query<Row>(statement), limits);
  return { sessions: asTree(rows) };
};
