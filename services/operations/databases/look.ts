/** How the service looks at a database that others own: reading only, with limits, so that a look never holds anybody up. */
import type { Database, Sql } from '../../kit/storage/database.ts';
import { Refusal } from '../../kit/values/refusal.ts';

export type LookLimits = {
  /** Milliseconds for one statement of the look; default 3,000. */
  readonly statementTimeoutMs?: number;
  /** Milliseconds that it waits for a lock: whoever queues for one holds up all who come after; default 50. */
  readonly lockTimeoutMs?: number;
};

/** query_canceled and lock_not_available */
const tooLong = new Set(['57014', '55P03']);

const whole = (milliseconds: number) => Math.max(1, Math.round(milliseconds));

/**
 * Runs `work` in a read-only transaction with limits on statements and locks.
 * Throws `database.look-timeout` when one is passed, `database.unavailable` when the database is away.
 */
export const look = async <T>(
  database: Database,
  work: (tx: Sql) => Promise<T>,
  { statementTimeoutMs = 3_000, lockTimeoutMs = 50 }: LookLimits = {},
): Promise<T> => {
  try {
    return await database.transaction(async (tx) => {
      await tx.query(
        `SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = ${whole(statementTimeoutMs)}; SET LOCAL lock_timeout = ${whole(lockTimeoutMs)}`,
      );
      return work(tx);
    });
  } catch (problem) {
    if (!tooLong.has(String((problem as { code?: unknown }).code))) throw problem;
    throw new Refusal(
      'unavailable',
      'database.look-timeout',
      'the database is too busy to be looked at within the limits of a look; try again shortly',
      { retryAfterSeconds: 5, cause: problem },
    );
  }
};
