import { createHash, randomBytes } from 'node:crypto';
import type { Sql } from '../../kit/storage/database.ts';
import { type LinkPurpose, linkLifetimeMs, linksRememberedMs } from '../domain/mailed-link.ts';

const hashOf = (token: string) => createHash('sha256').update(token).digest();

/** Links in mails, known here by the digests of their tokens. */
export const createMailedLinkRepository = (database: Sql) => ({
  /** When links of this purpose were made for the account within the last day, newest first. */
  recent: async (tx: Sql, userId: string, purpose: LinkPurpose, now: Date): Promise<readonly Date[]> => {
    const { rows } = await tx.query<{ created_at: Date }>(
      'SELECT created_at FROM mailed_links WHERE user_id = $1 AND purpose = $2 AND created_at > $3 ORDER BY created_at DESC',
      [userId, purpose, new Date(now.getTime() - linksRememberedMs)],
      { name: 'mailed-links-recent' },
    );
    return rows.map((row) => row.created_at);
  },

  /** Makes a link and returns its token: 256 random bits in base64url. */
  create: async (tx: Sql, userId: string, purpose: LinkPurpose, now: Date): Promise<string> => {
    const token = randomBytes(32).toString('base64url');
    await tx.query(
      'INSERT INTO mailed_links (hash, user_id, purpose, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)',
      [hashOf(token), userId, purpose, now, new Date(now.getTime() + linkLifetimeMs[purpose])],
      { name: 'mailed-link-create' },
    );
    return token;
  },

  /** The account of a link that can still be used. */
  findUser: async (token: string, purpose: LinkPurpose, now: Date): Promise<string | undefined> => {
    const { rows } = await database.query<{ user_id: string }>(
      'SELECT user_id FROM mailed_links WHERE hash = $1 AND purpose = $2 AND expires_at > $3',
      [hashOf(token), purpose, now],
      { name: 'mailed-link-find' },
    );
    return rows[0]?.user_id;
  },

  /** Uses a link up; false when another call was quicker, or it expired. */
  use: async (tx: Sql, token: string, purpose: LinkPurpose, now: Date): Promise<boolean> => {
    const { rowCount } = await tx.query(
      'UPDATE mailed_links SET expires_at = created_at WHERE hash = $1 AND purpose = $2 AND expires_at > $3',
      [hashOf(token), purpose, now],
      { name: 'mailed-link-use' },
    );
    return rowCount === 1;
  },

  /** Makes all links of this purpose useless; they still count among the recent ones. */
  endAll: async (tx: Sql, userId: string, purpose: LinkPurpose): Promise<void> => {
    await tx.query('UPDATE mailed_links SET expires_at = created_at WHERE user_id = $1 AND purpose = $2', [
      userId,
      purpose,
    ]);
  },

  /** Deletes links that are of no use and count no more. */
  removeOld: async (now: Date): Promise<void> => {
    await database.query('DELETE FROM mailed_links WHERE created_at < $1 AND expires_at < $2', [
      new Date(now.getTime() - linksRememberedMs),
      now,
    ]);
  },
});

export type MailedLinkRepository = ReturnType<typeof createMailedLinkRepository>;
