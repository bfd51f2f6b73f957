import { linkInvalid } from '../domain/user-refusals.ts';
import { withdrawReminder } from './remind-of-cart.ts';
import type { UserEffects } from './user-effects.ts';

/**
 * Stops reminders of carts by the token of the link in one of them. The link stays good: programs and people click twice. Refusal:
 * `auth.link-invalid`.
 */
export const stopReminders = async (parts: UserEffects, token: string): Promise<void> => {
  const userId = await parts.mailedLinks.findUser(token, 'cart-waiting', parts.clock.now());
  if (userId === undefined) throw linkInvalid();
  await parts.transaction(async (tx) => {
    if (!(await parts.users.lockIfThere(tx, userId))) return;
    await withdrawReminder(parts, userId, tx);
    await parts.users.update(tx, userId, { cartRemindersSince: null });
  });
};
