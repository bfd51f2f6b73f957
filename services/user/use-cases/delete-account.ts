import type { Caller } from '../../kit/auth/caller.ts';
import { staffUndeletable, wrongPassword } from '../domain/user-refusals.ts';
import { checkPassword } from './check-password.ts';
import { publishInSequence } from './end-sessions.ts';
import { mailRequested } from './mail-account.ts';
import { requireAccount } from './read-profile.ts';
import { withdrawReminder } from './remind-of-cart.ts';
import type { UserEffects } from './user-effects.ts';

/**
 * Deletes the caller's account: its row with everything that hangs on it goes, the id and the moment stay. Other services forget
 * what they need not keep when they hear `user.deleted.v1`. Refusals: `user.wrong-password`, `user.staff-undeletable`,
 * `auth.too-many-attempts`, `auth.session-ended`.
 */
export const deleteAccount = async (
  parts: UserEffects,
  { caller, network }: { readonly caller: Caller; readonly network?: string | undefined },
  password: string,
): Promise<void> => {
  const { account } = await requireAccount(parts, caller);
  if (account.roles.some((role) => role !== 'customer')) throw staffUndeletable();
  const attempt = { email: account.email, network, password, findUser: async () => account };
  if (!(await checkPassword(parts, attempt))) throw wrongPassword('password');
  await parts.transaction(async (tx) => {
    await parts.users.lock(tx, account.id);
    await withdrawReminder(parts, account.id, tx);
    await publishInSequence(parts, tx, account.id, [
      { type: 'user.deleted.v1', data: {} },
      mailRequested(parts, account, { mail: 'account-deleted' }),
    ]);
    await parts.users.remove(tx, account.id, parts.clock.now());
    await parts.loginAttempts.forget(tx, account.email);
  });
};
