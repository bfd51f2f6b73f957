import type { StaffChange, WorkRole } from '../../contracts/http/accounts/staff-api.ts';
import type { Sql } from '../../kit/storage/database.ts';
import type { User } from '../domain/user.ts';
import { type UserRow, userColumns, userOf } from './user-repository.ts';

// Any fixed number: of two administrators who remove one another at once the second is the last one.
const changeLock = 8_002_003;

/** One part of a list and where the next begins. */
export type Page<Item> = { readonly items: readonly Item[]; readonly nextCursor: string | null };
export type PageWish = { readonly limit: number; readonly after: string | undefined };

type ChangeRow = {
  position: string;
  at: Date;
  change: StaffChange['change'];
  role: WorkRole;
  user_id: string;
  email: string;
  actor_id: string | null;
  actor_email: string | null;
};

const pageOf = <Row, Item>(
  rows: readonly Row[],
  limit: number,
  itemOf: (row: Row) => Item,
  keyOf: (row: Row) => string,
): Page<Item> => {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(itemOf), nextCursor: rows.length > limit && last ? keyOf(last) : null };
};

/** Who has a role, and every change of that. */
export const createStaffRepository = (database: Sql) => ({
  /** Waits until nobody else changes roles, until the transaction ends. */
  lock: async (tx: Sql): Promise<void> => {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [changeLock]);
  },

  /** Newest account first; `after`: id of the last that was seen. */
  list: async ({ limit, after }: PageWish): Promise<Page<User>> => {
    const { rows } = await database.query<UserRow>(
      `SELECT ${userColumns()} FROM users WHERE cardinality(roles) > 1 AND ($1::text IS NULL OR id < $1) ORDER BY id DESC LIMIT $2`,
      [after, limit + 1],
    );
    return pageOf(rows, limit, userOf, ({ id }) => id);
  },

  /** Administrators beside this one. */
  otherAdmins: async (tx: Sql, userId: string): Promise<number> => {
    const { rows } = await tx.query<{ others: number }>(
      `SELECT count(*)::int AS others FROM users WHERE cardinality(roles) > 1 AND 'admin' = ANY (roles) AND id <> $1`,
      [userId],
    );
    return rows[0]?.others ?? 0;
  },

  /** Notes a change; it is part of the transaction that makes it. */
  note: async (tx: Sql, { at, change, role, userId, email, actorId, actorEmail }: StaffChange): Promise<void> => {
    await tx.query(
      `INSERT INTO staff_changes (at, change, role, user_id, email, actor_id, actor_email) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [at, change, role, userId, email, actorId, actorEmail],
    );
  },

  /** Newest first; `after`: position of the last that was seen. */
  changes: async ({ limit, after }: PageWish): Promise<Page<StaffChange>> => {
    const { rows } = await database.query<ChangeRow>(
      'SELECT * FROM staff_changes WHERE ($1::bigint IS NULL OR position < $1) ORDER BY position DESC LIMIT $2',
      [after, limit + 1],
    );
    const changeOf = ({ user_id: userId, actor_id: actorId, actor_email: actorEmail, ...row }: ChangeRow) => ({
      at: row.at.toISOString(),
      change: row.change,
      role: row.role,
      userId,
      email: row.email,
      actorId,
      actorEmail,
    });
    return pageOf(rows, limit, changeOf, ({ position }) => position);
  },
});

export type StaffRepository = ReturnType<typeof createStaffRepository>;
