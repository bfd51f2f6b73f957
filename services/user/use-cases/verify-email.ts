import type { Caller } from '../../kit/auth/caller.ts';
import { linkInvalid } from '../domain/user-refusals.ts';
import { mailLink } from './mail-account.ts';
import { requireAccount } from './read-profile.ts';
import type { UserEffects } from './user-effects.ts';

/** Takes the token of a mailed link as proof of the address. Refusal: `auth.link-invalid`. */
export const verifyEmail = async (parts: UserEffects, token: string): Promise<void> => {
  const now = parts.clock.now();
  const userId = await parts.mailedLinks.findUser(token, 'verify-address', now);
  if (userId === undefined) throw linkInvalid();
  await parts.transaction(async (tx) => {
    await parts.users.lock(tx, userId);
    if (!(await parts.mailedLinks.use(tx, token, 'verify-address', now))) throw linkInvalid();
    await parts.mailedLinks.endAll(tx, userId, 'verify-address');
    await parts.users.update(tx, userId, { emailVerifiedAt: now });
  });
};

/** Has the link mailed again to the caller, unless the address is proved. Refusals as those of {@link requireAccount}. */
export const requestVerification = async (parts: UserEffects, caller: Caller): Promise<void> => {
  const { account } = await requireAccount(parts, caller);
  if (account.emailVerified) return;
  await parts.transaction((tx) => mailLink(parts, tx, account, 'verify-address'));
};
