import { createHash } from 'node:crypto';
import type { Sql } from '../../kit/storage/database.ts';
import { failuresForgottenAfterSeconds, type LoginFailures } from '../domain/login-throttle.ts';

/** 20 bits: strangers can fill a million rows and no more, and two addresses in use hardly ever meet in one. */
const bucketOf = (email: string) => createHash('sha256').update(email).digest().readUInt32BE(0) >>> 12;

const forgottenAt = (now: Date) => new Date(now.getTime() - failuresForgottenAfterSeconds * 1000);

/** Failed log-ins per address, whether or not it has an account. */
export const createLoginFailureRepository = (database: Sql) => ({
  find: async (email: string): Promise<LoginFailures | undefined> => {
    const { rows } = await database.query<{ failures: number; last_at: Date }>(
      'SELECT failures, last_at FROM login_failures WHERE bucket = $1',
      [bucketOf(email)],
      { name: 'login-failures-find' },
    );
    return rows[0] && { count: rows[0].failures, lastAt: rows[0].last_at };
  },

  /** Counts one more, or begins anew after a quiet hour. */
  record: async (email: string, now: Date): Promise<void> => {
    await database.query(
      `INSERT INTO login_failures AS f (bucket, failures, last_at) VALUES ($1, 1, $2)
       ON CONFLICT (bucket) DO UPDATE SET
         failures = CASE WHEN f.last_at < $3 THEN 1 ELSE f.failures + 1 END, last_at = greatest(f.last_at, $2)`,
      [bucketOf(email), now, forgottenAt(now)],
      { name: 'login-failures-record' },
    );
  },

  forget: async (email: string): Promise<void> => {
    await database.query('DELETE FROM login_failures WHERE bucket = $1', [bucketOf(email)], {
      name: 'login-failures-forget',
    });
  },

  removeOld: async (now: Date): Promise<void> => {
    await database.query('DELETE FROM login_failures WHERE last_at < $1', [forgottenAt(now)]);
  },
});

export type LoginFailureRepository = ReturnType<typeof createLoginFailureRepository>;
