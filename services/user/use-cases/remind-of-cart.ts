import type { Sql } from '../../kit/storage/database.ts';
import { mayRemind, reminderReference, reminderUsefulMs } from '../domain/cart-reminder.ts';
import { publishInSequence } from './end-sessions.ts';
import type { UserEffects } from './user-effects.ts';

/** A filled cart that its owner has not touched for a while. */
export type WaitingCart = { readonly userId: string; readonly cartId: string; readonly version: string };

/** Has the owner of a cart that waits written to, if he agreed to it and was not about the same cart, or within a day. */
export const remindOfCart = async (
  parts: UserEffects,
  { userId, cartId, version }: WaitingCart,
  tx: Sql,
): Promise<void> => {
  const now = parts.clock.now();
  const user = await parts.reminders.lock(tx, userId);
  const reference = reminderReference(cartId, version);
  if (!user || !mayRemind(user, reference, now)) return;
  const token = await parts.mailedLinks.create(tx, userId, 'cart-waiting', now);
  const letter = parts.sealLetter({ userId, mail: 'cart-waiting' }, { to: user.email, token });
  const usefulUntil = new Date(now.getTime() + reminderUsefulMs).toISOString();
  await publishInSequence(parts, tx, userId, [
    { type: 'user.reminder-requested.v1', data: { reference, letter, usefulUntil } },
  ]);
  await parts.reminders.note(tx, userId, reference, now);
};

/** Has a reminder that is not out yet never go out: the cart was bought, or its owner wants none any more. */
export const withdrawReminder = async (parts: UserEffects, userId: string, tx: Sql): Promise<void> => {
  const user = await parts.reminders.lock(tx, userId);
  if (!user?.remindedOf) return;
  const data = { reference: user.remindedOf };
  await publishInSequence(parts, tx, userId, [{ type: 'user.reminder-withdrawn.v1', data }]);
  await parts.reminders.withdraw(tx, userId);
};
