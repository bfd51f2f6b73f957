import type { Sql } from '../../kit/storage/database.ts';
import type { Role, User, UserWithPassword } from '../domain/user.ts';

export type UserRow = {
  id: string;
  email: string;
  name: string;
  roles: Role[];
  created_at: Date;
  email_verified: boolean;
  cart_reminders: boolean;
};

export const userOf = (row: UserRow): User => ({
  id: row.id,
  email: row.email,
  name: row.name,
  roles: row.roles,
  createdAt: row.created_at,
  emailVerified: row.email_verified,
  cartReminders: row.cart_reminders,
});

type UserWithPasswordRow = UserRow & { password_hash: string };
const withPassword = (row: UserWithPasswordRow | undefined): UserWithPassword | undefined =>
  row && { ...userOf(row), passwordHash: row.password_hash };

/** Columns of an account, each after `table.` where one is given. */
export const userColumns = (table = 'users'): string =>
  `${table}.id, ${table}.email, ${table}.name, ${table}.roles, ${table}.created_at, ${table}.email_verified_at IS NOT NULL AS email_verified,
   ${table}.cart_reminders_since IS NOT NULL AS cart_reminders`;
const columns = userColumns();

/** Sequence of the last event of an account that stays locked until the transaction ends; undefined: there is none. */
const lockSequence = async (tx: Sql, id: string): Promise<number | undefined> => {
  const { rows } = await tx.query<{ sequence: number }>('SELECT sequence FROM users WHERE id = $1 FOR UPDATE', [id], {
    name: 'user-lock',
  });
  return rows[0]?.sequence;
};

/** Accounts. Whoever changes an account and its sessions in one transaction locks the account first. */
export const createUserRepository = (database: Sql) => ({
  findByEmail: async (email: string, sql: Sql = database): Promise<UserWithPassword | undefined> => {
    const { rows } = await sql.query<UserWithPasswordRow>(
      `SELECT ${columns}, password_hash FROM users WHERE email = $1`,
      [email],
      { name: 'user-by-email' },
    );
    return withPassword(rows[0]);
  },

  find: async (id: string, sql: Sql = database): Promise<UserWithPassword | undefined> => {
    const { rows } = await sql.query<UserWithPasswordRow>(
      `SELECT ${columns}, password_hash FROM users WHERE id = $1`,
      [id],
      { name: 'user-by-id' },
    );
    return withPassword(rows[0]);
  },

  /** Adds an account at sequence 1; false when the address has one already. */
  insert: async (tx: Sql, user: Omit<UserWithPassword, 'emailVerified' | 'cartReminders'>): Promise<boolean> => {
    const { rowCount } = await tx.query(
      `INSERT INTO users (id, email, name, password_hash, roles, sequence, created_at)
       VALUES ($1, $2, $3, $4, $5, 1, $6) ON CONFLICT (email) DO NOTHING`,
      [user.id, user.email, user.name, user.passwordHash, user.roles, user.createdAt],
      { name: 'user-insert' },
    );
    return rowCount === 1;
  },

  /** Locks the account until the transaction ends and returns the sequence of its last event. */
  lock: async (tx: Sql, id: string): Promise<number> => {
    const sequence = await lockSequence(tx, id);
    if (sequence === undefined) throw new Error(`account ${id} does not exist`);
    return sequence;
  },

  /** Locks an account that may have been deleted meanwhile; false when it was. */
  lockIfThere: async (tx: Sql, id: string): Promise<boolean> => (await lockSequence(tx, id)) !== undefined,

  setSequence: async (tx: Sql, id: string, sequence: number): Promise<void> => {
    await tx.query('UPDATE users SET sequence = $2 WHERE id = $1', [id, sequence], { name: 'user-sequence' });
  },

  /** Changes what is given and leaves the rest. */
  update: async (
    tx: Sql,
    id: string,
    changes: {
      readonly name?: string;
      readonly passwordHash?: string;
      readonly roles?: readonly Role[];
      /** Kept if the address was proved before. */
      readonly emailVerifiedAt?: Date;
      /** Since when the customer agrees to reminders, kept if he did before; null: no more. */
      readonly cartRemindersSince?: Date | null;
    },
  ): Promise<User> => {
    const { rows } = await tx.query<UserRow>(
      `UPDATE users SET name = coalesce($2, name), password_hash = coalesce($3, password_hash), roles = coalesce($4, roles),
         email_verified_at = coalesce(email_verified_at, $5),
         cart_reminders_since = CASE WHEN $6 THEN coalesce(cart_reminders_since, $7) WHEN $8 THEN NULL ELSE cart_reminders_since END
       WHERE id = $1 RETURNING ${columns}`,
      [
        id,
        changes.name,
        changes.passwordHash,
        changes.roles,
        changes.emailVerifiedAt,
        changes.cartRemindersSince instanceof Date,
        changes.cartRemindersSince,
        changes.cartRemindersSince === null,
      ],
      { name: 'user-update' },
    );
    if (!rows[0]) throw new Error(`account ${id} does not exist`);
    return userOf(rows[0]);
  },

  /** Deletes a locked account with all that hangs on it, and notes that it was there. */
  remove: async (tx: Sql, id: string, now: Date): Promise<void> => {
    await tx.query(
      `WITH gone AS (DELETE FROM users WHERE id = $1 RETURNING id, sequence)
       INSERT INTO deleted_users (id, sequence, deleted_at) SELECT id, sequence, $2 FROM gone`,
      [id, now],
    );
  },

  /** Stores the same password under today's parameters, unless it was changed meanwhile. */
  rehash: async (id: string, from: string, to: string): Promise<void> => {
    await database.query('UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2', [id, from, to], {
      name: 'user-rehash',
    });
  },
});

export type UserRepository = ReturnType<typeof createUserRepository>;
