import { requireUncommonPassword } from '../domain/password-rules.ts';
import type { Happening } from '../domain/user-events.ts';
import { linkInvalid } from '../domain/user-refusals.ts';
import { publishInSequence } from './end-sessions.ts';
import { mailRequested } from './mail-account.ts';
import type { UserEffects } from './user-effects.ts';

/**
 * Sets a new password by the token of a mailed link, which also proves the address. Ends every session and every other such link; where
 * the caller is from counts as a place of the account from now on. A password that is refused leaves the link good.
 * Refusals: `auth.link-invalid`, `user.password-too-common`, `auth.busy`.
 */
export const resetPassword = async (
  parts: UserEffects,
  {
    token,
    password,
    network,
  }: { readonly token: string; readonly password: string; readonly network?: string | undefined },
): Promise<void> => {
  const userId = await parts.mailedLinks.findUser(token, 'reset-password', parts.clock.now());
  const account = userId === undefined ? undefined : await parts.users.find(userId);
  if (!account) throw linkInvalid();
  requireUncommonPassword(password, account.email);
  const passwordHash = await parts.passwords.inTurn((turn) => turn.hash(password));
  await parts.transaction(async (tx) => {
    const now = parts.clock.now();
    await parts.users.lock(tx, account.id);
    if (!(await parts.mailedLinks.use(tx, token, 'reset-password', now))) throw linkInvalid();
    await parts.mailedLinks.endAll(tx, account.id, 'reset-password');
    const user = await parts.users.update(tx, account.id, { passwordHash, emailVerifiedAt: now });
    const ended = await parts.sessions.revoke(tx, account.id, {}, now);
    const revoked: Happening = { type: 'user.sessions-revoked.v1', data: { reason: 'password-changed' } };
    await publishInSequence(parts, tx, account.id, [
      { type: 'user.profile-changed.v1', data: { changed: ['password'] } },
      ...(ended > 0 ? [revoked] : []),
      mailRequested(parts, user, { mail: 'password-changed' }),
    ]);
  });
  await parts.loginAttempts.recordSuccess({ email: account.email, network }, parts.clock.now());
};
