import { createHash, randomBytes } from 'node:crypto';
import { open, seal } from '../../kit/auth/sealed-box.ts';
import type { Sql } from '../../kit/storage/database.ts';
import type { PresentedToken } from '../domain/refresh-chain.ts';
import {
  endedSessionsKeptMs,
  maxSessions,
  refreshTokenLifetimeMs,
  sessionLifetimeMs,
} from '../domain/session-lifetime.ts';
import type { User } from '../domain/user.ts';
import { type UserRow, userColumns, userOf } from './user-repository.ts';

/** A session with a refresh token that works. */
export type OpenSession = { readonly sessionId: string; readonly user: User; readonly refreshToken: string };

/** A refresh token that could not be exchanged, as far as it is known. */
export type FoundToken = PresentedToken & {
  readonly sessionId: string;
  readonly user: User;
  /** The token that followed it. */
  readonly successor: string | undefined;
};

/** What is told of a session to whose it is. */
export type SessionTimes = { readonly beganAt: Date; readonly endsAt: Date };

const newToken = () => randomBytes(32).toString('base64url');
const hashOf = (token: string) => createHash('sha256').update(token).digest();
const successorPurpose = 'successor of a refresh token';
const plus = (time: Date, ms: number) => new Date(time.getTime() + ms);

/** Sessions and the chains of their refresh tokens. */
export const createSessionRepository = (database: Sql) => ({
  /** Begins a session and returns its first refresh token. The oldest of more than 50 live sessions is deleted. */
  begin: async (
    tx: Sql,
    session: { readonly id: string; readonly userId: string; readonly now: Date },
  ): Promise<string> => {
    const token = newToken();
    await tx.query(
      `WITH session AS (
         INSERT INTO sessions (id, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4)
       ), token AS (
         INSERT INTO refresh_tokens (hash, session_id, expires_at) VALUES ($5, $1, $6)
       )
       DELETE FROM sessions WHERE id IN (
         SELECT id FROM sessions WHERE user_id = $2 AND revoked_at IS NULL ORDER BY id DESC OFFSET ${maxSessions - 1}
       )`,
      [
        session.id,
        session.userId,
        session.now,
        plus(session.now, sessionLifetimeMs),
        hashOf(token),
        plus(session.now, refreshTokenLifetimeMs),
      ],
      { name: 'session-begin' },
    );
    return token;
  },

  /**
   * Exchanges an unused token for a new one, in one statement: of parallel calls exactly one gets it.
   * Undefined when the token is unknown, used or expired, or its session has ended; {@link find} tells which.
   */
  rotate: async (token: string, now: Date): Promise<OpenSession | undefined> => {
    const successor = newToken();
    const { rows } = await database.query<UserRow & { session_id: string }>(
      `WITH used AS (
         UPDATE refresh_tokens t SET used_at = $2, successor_hash = $3, sealed_successor = $4
         FROM sessions s
         WHERE t.hash = $1 AND t.used_at IS NULL AND t.expires_at > $2
           AND s.id = t.session_id AND s.revoked_at IS NULL AND s.expires_at > $2
         RETURNING t.session_id, s.user_id
       ), successor AS (
         INSERT INTO refresh_tokens (hash, session_id, expires_at) SELECT $3, session_id, $5 FROM used
       )
       SELECT used.session_id, ${userColumns('u')} FROM used JOIN users u ON u.id = used.user_id`,
      [
        hashOf(token),
        now,
        hashOf(successor),
        seal(token, successorPurpose, Buffer.from(successor)),
        plus(now, refreshTokenLifetimeMs),
      ],
      { name: 'session-rotate' },
    );
    const [row] = rows;
    return row && { sessionId: row.session_id, user: userOf(row), refreshToken: successor };
  },

  /** What is known about a token; undefined when nothing is. */
  find: async (token: string, now: Date): Promise<FoundToken | undefined> => {
    const { rows } = await database.query<
      UserRow & {
        session_id: string;
        active: boolean;
        expires_at: Date;
        used_at: Date | null;
        sealed_successor: Buffer | null;
        successor_used: boolean | null;
      }
    >(
      `SELECT t.session_id, t.expires_at, t.used_at, t.sealed_successor, n.used_at IS NOT NULL AS successor_used,
              s.revoked_at IS NULL AND s.expires_at > $2 AS active,
              ${userColumns('u')}
       FROM refresh_tokens t
       JOIN sessions s ON s.id = t.session_id
       JOIN users u ON u.id = s.user_id
       LEFT JOIN refresh_tokens n ON n.hash = t.successor_hash
       WHERE t.hash = $1`,
      [hashOf(token), now],
      { name: 'session-find-token' },
    );
    const [row] = rows;
    return (
      row && {
        sessionId: row.session_id,
        user: userOf(row),
        sessionActive: row.active,
        expiresAt: row.expires_at,
        usedAt: row.used_at ?? undefined,
        successorUsed: row.successor_used === true,
        successor: row.sealed_successor ? open(token, successorPurpose, row.sealed_successor)?.toString() : undefined,
      }
    );
  },

  /** When the account signed in, and until when each session lasts or lasted; newest first. */
  list: async (userId: string): Promise<readonly SessionTimes[]> => {
    const { rows } = await database.query<{ created_at: Date; ends_at: Date }>(
      'SELECT created_at, least(expires_at, revoked_at) AS ends_at FROM sessions WHERE user_id = $1 ORDER BY id DESC LIMIT 500',
      [userId],
    );
    return rows.map((row) => ({ beganAt: row.created_at, endsAt: row.ends_at }));
  },

  /** Whether the session is this account's and may still act. */
  isActive: async (userId: string, sessionId: string, now: Date): Promise<boolean> => {
    const { rowCount } = await database.query(
      'SELECT 1 FROM sessions WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL AND expires_at > $3',
      [sessionId, userId, now],
      { name: 'session-is-active' },
    );
    return rowCount === 1;
  },

  /** Ends one live session, or all but one, of a locked account; returns how many. */
  revoke: async (
    tx: Sql,
    userId: string,
    which: { readonly only: string } | { readonly allBut?: string },
    now: Date,
  ): Promise<number> => {
    const { rowCount } = await tx.query(
      `UPDATE sessions SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL
         AND ($3::text IS NULL OR id = $3) AND ($4::text IS NULL OR id <> $4)`,
      'only' in which ? [userId, now, which.only, null] : [userId, now, null, which.allBut ?? null],
      { name: 'session-revoke' },
    );
    return rowCount;
  },

  /** Deletes sessions that ended a week ago and tokens that expired. */
  removeEnded: async (now: Date): Promise<void> => {
    await database.query('DELETE FROM sessions WHERE least(expires_at, revoked_at) < $1', [
      plus(now, -endedSessionsKeptMs),
    ]);
    await database.query('DELETE FROM refresh_tokens WHERE expires_at < $1', [now]);
  },
});

export type SessionRepository = ReturnType<typeof createSessionRepository>;
