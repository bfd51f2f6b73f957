import type { Sql } from '../../kit/storage/database.ts';
import { accessTokenSeconds } from '../domain/session-lifetime.ts';
import type { User } from '../domain/user.ts';
import type { UserEffects } from './user-effects.ts';

/** What a client gets when it signs in. */
export type IssuedTokens = {
  readonly user: User;
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly refreshToken: string;
};

/** An access token for a session whose refresh token is at hand. */
export const issueTokens = async (
  { keyRing }: Pick<UserEffects, 'keyRing'>,
  session: { readonly user: User; readonly sessionId: string; readonly refreshToken: string },
): Promise<IssuedTokens> => ({
  user: session.user,
  accessToken: await keyRing.sign({ userId: session.user.id, sessionId: session.sessionId, roles: session.user.roles }),
  expiresInSeconds: accessTokenSeconds,
  refreshToken: session.refreshToken,
});

/** Begins a session of the account inside the transaction. */
export const beginSession = async ({ sessions, ids, clock }: UserEffects, tx: Sql, user: User) => {
  const sessionId = ids.next('fam');
  const refreshToken = await sessions.begin(tx, { id: sessionId, userId: user.id, now: clock.now() });
  return { user, sessionId, refreshToken };
};
