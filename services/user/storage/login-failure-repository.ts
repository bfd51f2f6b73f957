import { createHash } from 'node:crypto';
import type { Sql } from '../../kit/storage/database.ts';
import { failuresForgottenAfterSeconds, type LoginFailures } from '../domain/login-throttle.ts';

/** 20 bits: strangers can fill a million rows and no more, and two addresses in use hardly ever meet in one. */
const bucketOf = (email: string) => createHash('sha256').update(email).digest().readUInt32BE(0) >>> 12;

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

  save: async (email: string, { count, lastAt }: LoginFailures): Promise<void> => {
    // Two replicas may count the same failure number; the greater one stays.
    await database.query(
      `INSERT INTO login_failures AS f (bucket, failures, last_at) VALUES ($1, $2, $3)
       ON CONFLICT (bucket) DO UPDATE SET
         failures = CASE WHEN $2 = 1 THEN 1 ELSE greatest(f.failures + 1, $2) END, last_at = $3`,
      [bucketOf(email), count, lastAt],
      { name: 'login-failures-save' },
    );
  },

  forget: async (email: string): Promise<void> => {
    await database.query('DELETE FROM login_failures WHERE bucket = $1', [bucketOf(email)], {
      name: 'login-failures-forget',
    });
  },

  removeOld: async (now: Date): Promise<void> => {
    await database.query('DELETE FROM login_failures WHERE last_at < $1', [
      new Date(now.getTime() - failuresForgottenAfterSeconds * 1000),
    ]);
  },
});

export type LoginFailureRepository = ReturnType<typeof createLoginFailureRepository>;
