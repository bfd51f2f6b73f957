import type { Caller } from '../../kit/auth/caller.ts';
import { requireUncommonPassword } from '../domain/password-rules.ts';
import type { User } from '../domain/user.ts';
import type { Happening } from '../domain/user-events.ts';
import { wrongPassword } from '../domain/user-refusals.ts';
import { checkPassword } from './check-password.ts';
import { publishInSequence } from './end-sessions.ts';
import { mailRequested } from './mail-account.ts';
import { requireAccount } from './read-profile.ts';
import { withdrawReminder } from './remind-of-cart.ts';
import type { UserEffects } from './user-effects.ts';

export type ProfileChanges = {
  readonly name?: string;
  readonly password?: string;
  readonly currentPassword?: string;
  /** Whether the customer agrees to be reminded of a cart that waits. */
  readonly cartReminders?: boolean;
};

/**
 * Changes name, password or consent to reminders. A new password needs the current one and ends all other sessions.
 * Refusals: `user.wrong-password`, `user.password-too-common`, `auth.too-many-attempts`, `auth.session-ended`.
 */
export const updateProfile = async (
  parts: UserEffects,
  { caller, network }: { readonly caller: Caller; readonly network?: string | undefined },
  changes: ProfileChanges,
): Promise<User> => {
  const { customer, account } = await requireAccount(parts, caller);
  const { password } = changes;
  let passwordHash: string | undefined;
  if (password !== undefined) {
    requireUncommonPassword(password, account.email);
    const attempt = {
      email: account.email,
      network,
      password: changes.currentPassword ?? '',
      findUser: async () => account,
    };
    if (!(await checkPassword(parts, attempt))) throw wrongPassword('currentPassword');
    passwordHash = await parts.passwords.inTurn((turn) => turn.hash(password));
  }
  return parts.transaction(async (tx) => {
    await parts.users.lock(tx, account.id);
    if (changes.cartReminders === false) await withdrawReminder(parts, account.id, tx);
    const user = await parts.users.update(tx, account.id, {
      ...(changes.name !== undefined && { name: changes.name }),
      ...(passwordHash !== undefined && { passwordHash }),
      ...(changes.cartReminders !== undefined && {
        cartRemindersSince: changes.cartReminders ? parts.clock.now() : null,
      }),
    });
    const changed = [
      ...(changes.name !== undefined && changes.name !== account.name ? (['name'] as const) : []),
      ...(passwordHash !== undefined ? (['password'] as const) : []),
    ];
    const happenings: Happening[] = changed.length > 0 ? [{ type: 'user.profile-changed.v1', data: { changed } }] : [];
    if (passwordHash !== undefined) {
      const which = { allBut: customer.sessionId };
      const ended = await parts.sessions.revoke(tx, account.id, which, parts.clock.now());
      if (ended > 0) happenings.push({ type: 'user.sessions-revoked.v1', data: { reason: 'password-changed' } });
      // Whoever had a link mailed before may be the reason of the change.
      await parts.mailedLinks.endAll(tx, account.id, 'reset-password');
      happenings.push(mailRequested(parts, user, { mail: 'password-changed' }));
    }
    await publishInSequence(parts, tx, account.id, happenings);
    return user;
  });
};
