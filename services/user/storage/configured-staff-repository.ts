import type { Sql } from '../../kit/storage/database.ts';

// Any fixed number: it only keeps two starting replicas from configuring the same account at once.
const startLock = 8_002_001;

/** Which password the configuration gave to which staff account. */
export const createConfiguredStaffRepository = () => ({
  /** Waits until no other replica configures staff, until the transaction ends. */
  lock: async (tx: Sql): Promise<void> => {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [startLock]);
  },

  findHash: async (tx: Sql, email: string): Promise<string | undefined> => {
    const { rows } = await tx.query<{ password_hash: string }>(
      'SELECT c.password_hash FROM configured_staff c JOIN users u ON u.id = c.user_id WHERE u.email = $1',
      [email],
    );
    return rows[0]?.password_hash;
  },

  save: async (tx: Sql, userId: string, passwordHash: string): Promise<void> => {
    await tx.query(
      `INSERT INTO configured_staff (user_id, password_hash) VALUES ($1, $2)
       ON CONFLICT (user_id) DO UPDATE SET password_hash = excluded.password_hash`,
      [userId, passwordHash],
    );
  },
});

export type ConfiguredStaffRepository = ReturnType<typeof createConfiguredStaffRepository>;
