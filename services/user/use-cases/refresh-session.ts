import { judgeRefusedToken } from '../domain/refresh-chain.ts';
import { invalidRefreshToken, refreshTokenReused } from '../domain/user-refusals.ts';
import { endSessions } from './end-sessions.ts';
import { type IssuedTokens, issueTokens } from './issue-tokens.ts';
import type { UserEffects } from './user-effects.ts';

/**
 * Exchanges a refresh token for new tokens. Of parallel calls one makes the successor and the others get the same one
 * within a minute; a token that comes back later, or after its successor was used, ends the whole session.
 * Refusals: `auth.invalid-refresh-token`, `auth.refresh-token-reused`.
 */
export const refreshSession = async (parts: UserEffects, refreshToken: string): Promise<IssuedTokens> => {
  const now = parts.clock.now();
  const rotated = await parts.sessions.rotate(refreshToken, now);
  if (rotated) return issueTokens(parts, rotated);

  const found = await parts.sessions.find(refreshToken, now);
  const verdict = judgeRefusedToken(found, now);
  if (!found || verdict === 'invalid') throw invalidRefreshToken();
  if (verdict === 'same-successor' && found.successor !== undefined)
    return issueTokens(parts, { ...found, refreshToken: found.successor });
  parts.countReusedToken();
  await endSessions(parts, { userId: found.user.id, which: { only: found.sessionId }, reason: 'refresh-token-reused' });
  throw refreshTokenReused();
};
