import { createHash } from 'node:crypto';
import type { Sql } from '../../kit/storage/database.ts';
import { failuresForgottenAfterSeconds, type LoginAttempts, mostCountedOfOnePlace } from '../domain/login-throttle.ts';

/** An account by its address, and the network of the client; undefined where the caller names none. */
export type LoginPlace = { readonly email: string; readonly network: string | undefined };

/** Days for which a place is known after the last log-in there, and how many an account has: the newest. */
const placeKnownDays = 90;
const mostPlaces = 20;

const sha256 = (text: string) => createHash('sha256').update(text).digest();
// Whole digests: in shortened ones an attacker finds neighbours of a victim in a second.
const keysOf = ({ email, network = '' }: LoginPlace) => [sha256(`${email}\n${network}`), sha256(email)];

const forgottenAt = (now: Date) => new Date(now.getTime() - failuresForgottenAfterSeconds * 1000);
const placeForgottenAt = (now: Date) => new Date(now.getTime() - placeKnownDays * 86_400_000);

type Row = { failures: number | null; last_at: Date | null; is_known: boolean; by_strangers: number };

const findAttempts = `
  SELECT f.failures, f.last_at, EXISTS (SELECT FROM login_places WHERE place = $1) AS is_known, (
    SELECT coalesce(sum(least(o.failures, ${mostCountedOfOnePlace})), 0)::int FROM login_failures o
    WHERE o.account = $2 AND o.last_at >= $3 AND NOT EXISTS (SELECT FROM login_places k WHERE k.place = o.place)
  ) AS by_strangers
  FROM (VALUES (true)) AS one LEFT JOIN login_failures f ON f.place = $1`;

/** Failed log-ins per account and place, whether or not the address has an account, and the places of successful ones. */
export const createLoginAttemptRepository = (database: Sql) => ({
  find: async (place: LoginPlace, now: Date): Promise<LoginAttempts> => {
    const { rows } = await database.query<Row>(findAttempts, [...keysOf(place), forgottenAt(now)], {
      name: 'login-attempts-find',
    });
    const { failures = null, last_at: lastAt = null, is_known: isKnownPlace = false, by_strangers = 0 } = rows[0] ?? {};
    return {
      isKnownPlace,
      byStrangers: by_strangers,
      ...(failures !== null && lastAt !== null && { here: { count: failures, lastAt } }),
    };
  },

  /** Counts one failure more, or begins anew after a quiet hour. */
  recordFailure: async (place: LoginPlace, now: Date): Promise<void> => {
    await database.query(
      `INSERT INTO login_failures AS f (place, account, failures, last_at) VALUES ($1, $2, 1, $3)
       ON CONFLICT (place) DO UPDATE SET
         failures = CASE WHEN f.last_at < $4 THEN 1 ELSE f.failures + 1 END, last_at = greatest(f.last_at, $3)`,
      [...keysOf(place), now, forgottenAt(now)],
      { name: 'login-failures-record' },
    );
  },

  /** Forgets the failures of this account from this place alone, and knows the place from now on. */
  recordSuccess: async (place: LoginPlace, now: Date): Promise<void> => {
    await database.query(
      `WITH forgotten AS (DELETE FROM login_failures WHERE place = $1),
       crowded AS (
         DELETE FROM login_places WHERE place IN (
           SELECT place FROM login_places WHERE account = $2 AND place <> $1 ORDER BY last_at DESC OFFSET ${mostPlaces - 1}
         ))
       INSERT INTO login_places (place, account, last_at) VALUES ($1, $2, $3)
       ON CONFLICT (place) DO UPDATE SET last_at = greatest(login_places.last_at, excluded.last_at)`,
      [...keysOf(place), now],
      { name: 'login-places-record' },
    );
  },

  /** Forgets everything about an address. */
  forget: async (tx: Sql, email: string): Promise<void> => {
    const account = sha256(email);
    await tx.query('DELETE FROM login_failures WHERE account = $1', [account]);
    await tx.query('DELETE FROM login_places WHERE account = $1', [account]);
  },

  removeOld: async (now: Date): Promise<void> => {
    await database.query('DELETE FROM login_failures WHERE last_at < $1', [forgottenAt(now)]);
    await database.query('DELETE FROM login_places WHERE last_at < $1', [placeForgottenAt(now)]);
  },
});

export type LoginAttemptRepository = ReturnType<typeof createLoginAttemptRepository>;
