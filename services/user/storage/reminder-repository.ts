import type { Sql } from '../../kit/storage/database.ts';
import type { ReminderState } from '../domain/cart-reminder.ts';
import type { User } from '../domain/user.ts';
import { type UserRow, userColumns, userOf } from './user-repository.ts';

type Row = UserRow & { reminded_of: string | null; reminded_at: Date | null };

/** What accounts were reminded of; whoever changes it holds the account's row. */
export const createReminderRepository = () => ({
  /** Locks the account and says what it was reminded of last; undefined when there is none any more. */
  lock: async (tx: Sql, userId: string): Promise<(User & ReminderState) | undefined> => {
    const { rows } = await tx.query<Row>(
      `SELECT ${userColumns()}, reminded_of, reminded_at FROM users WHERE id = $1 FOR UPDATE`,
      [userId],
      { name: 'reminder-lock' },
    );
    const [row] = rows;
    return row && { ...userOf(row), remindedOf: row.reminded_of, remindedAt: row.reminded_at };
  },

  note: async (tx: Sql, userId: string, reference: string, now: Date): Promise<void> => {
    await tx.query('UPDATE users SET reminded_of = $2, reminded_at = $3 WHERE id = $1', [userId, reference, now], {
      name: 'reminder-note',
    });
  },

  /** Forgets what the account was reminded of, but not when. */
  withdraw: async (tx: Sql, userId: string): Promise<void> => {
    await tx.query('UPDATE users SET reminded_of = NULL WHERE id = $1', [userId], { name: 'reminder-withdraw' });
  },
});

export type ReminderRepository = ReturnType<typeof createReminderRepository>;
