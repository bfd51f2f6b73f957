/** Which mail the reminder of a cart is. Pure. */
import type { UserEvent } from '../../contracts/events/user-events.ts';
import type { MessageHead } from './message.ts';

type Requested = Extract<UserEvent, { type: 'user.reminder-requested.v1' }>;

export const reminderKind = 'cart-waiting';

export type ReminderMessage = MessageHead & {
  /** Stops reminders. */
  readonly token: string;
};

/** The same for the same cart as it was left. */
export const reminderId = ({ userId, reference }: Pick<Requested['data'], 'userId' | 'reference'>): string =>
  `${userId}:${reminderKind}:${reference}`;

/** The message that an event calls for; null when it came too late to be of use. Throws for a letter without the token that stops it. */
export const reminderMessageFor = (
  { data }: Requested,
  { to, token }: { readonly to: string; readonly token?: string | undefined },
  now: Date,
): ReminderMessage | null => {
  if (token === undefined) throw new Error(`the reminder ${reminderId(data)} names no token`);
  if (new Date(data.usefulUntil) <= now) return null;
  return {
    notificationId: reminderId(data),
    kind: reminderKind,
    to,
    about: data.userId,
    // To a proved address, by its owner's own wish, once a day at most.
    counted: null,
    isDispensable: true,
    token,
  };
};
