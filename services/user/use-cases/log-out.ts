import type { Caller } from '../../kit/auth/caller.ts';
import { endSessions } from './end-sessions.ts';
import { requireAccount } from './read-profile.ts';
import type { UserEffects } from './user-effects.ts';

/** Ends the session of the refresh token and that of the caller's access token. Unknown and ended ones are ignored. */
export const logOut = async (parts: UserEffects, refreshToken: string | undefined, caller: Caller): Promise<void> => {
  const found = refreshToken === undefined ? undefined : await parts.sessions.find(refreshToken, parts.clock.now());
  if (found) await endSessions(parts, { userId: found.user.id, which: { only: found.sessionId }, reason: 'logout' });
  if (caller.kind === 'customer' && caller.sessionId !== found?.sessionId)
    await endSessions(parts, { userId: caller.userId, which: { only: caller.sessionId }, reason: 'logout' });
};

/** Ends every session of the caller. Refusals as those of {@link requireAccount}. */
export const logOutEverywhere = async (parts: UserEffects, caller: Caller): Promise<void> => {
  const { customer } = await requireAccount(parts, caller);
  await endSessions(parts, { userId: customer.userId, which: {}, reason: 'logout-everywhere' });
};
