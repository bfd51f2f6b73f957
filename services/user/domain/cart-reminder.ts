/** When a customer may be reminded of a cart that waits. Pure. */

const hourMs = 3_600_000;
/** A reminder is of use for so long; while the sender is away it waits no longer. */
export const reminderUsefulMs = 24 * hourMs;
/** Between two reminders of one customer, whatever he does with his carts. */
const pauseMs = 24 * hourMs;

export type ReminderState = {
  readonly emailVerified: boolean;
  readonly cartReminders: boolean;
  /** The last one that was asked for and not withdrawn. */
  readonly remindedOf: string | null;
  readonly remindedAt: Date | null;
};

/** Names a cart as it is: one that holds the same again is the same occasion. */
export const reminderReference = (cartId: string, version: string): string => `${cartId}.${version}`;

/** Whether to write: to proved addresses of customers who agreed, once for the same cart, and not twice within a day. */
export const mayRemind = (
  { emailVerified, cartReminders, remindedOf, remindedAt }: ReminderState,
  reference: string,
  now: Date,
): boolean =>
  emailVerified &&
  cartReminders &&
  remindedOf !== reference &&
  (remindedAt === null || now.getTime() - remindedAt.getTime() >= pauseMs);
