import { parseEvent } from '../../contracts/events/topics.ts';
import type { Mail } from '../../kit/mail/mail-sender.ts';
import { accountMessageFor } from '../domain/account-message.ts';
import { type MessageHead, messageFor } from '../domain/message.ts';
import { reminderId, reminderKind, reminderMessageFor } from '../domain/reminder-message.ts';
import { manifest } from '../manifest.ts';
import type { NotificationEffects } from './notification-effects.ts';
import { type MailOutcome, sendOnce } from './send-once.ts';
import { tellOfMail } from './tell-of-mail.ts';

/** The event cannot be read, or no mail be made of it. */
export class UnreadableEvent extends Error {}

const topics = Object.keys(manifest.consumes);

/** A topic describes no event of another one, so the first that knows it is its own: a mail that waits no longer says where it came from. */
const parse = (text: string) => {
  for (const topic of topics) {
    const event = parseEvent(text, topic);
    if (event) return event;
  }
  return undefined;
};

const mailFor = async (effects: NotificationEffects, event: NonNullable<ReturnType<typeof parse>>) => {
  if (event.type === 'user.mail-requested.v1') {
    const { userId, mail, letter } = event.data;
    const message = accountMessageFor(event, await effects.openLetter({ userId, mail }, letter), effects.clock.now());
    return message && { message, mail: effects.render.account(message) };
  }
  if (event.type === 'user.reminder-requested.v1') {
    const { userId, letter } = event.data;
    const opened = await effects.openLetter({ userId, mail: reminderKind }, letter);
    const message = reminderMessageFor(event, opened, effects.clock.now());
    const mail = message && effects.render.reminder(message);
    return mail ? { message, mail } : null;
  }
  if (event.source !== 'order') return null;
  const message = messageFor(event as Parameters<typeof messageFor>[0]);
  return message && { message, mail: effects.render.order(message) };
};

const read = async (effects: NotificationEffects, text: string) => {
  try {
    const event = parse(text);
    if (event?.type === 'user.reminder-withdrawn.v1') return { withdrawn: event.data };
    const found = event && (await mailFor(effects, event));
    return found ? { ...found, event } : undefined;
  } catch (problem) {
    throw new UnreadableEvent(
      `no mail can be made of the event: ${problem instanceof Error ? problem.name : problem}`,
      {
        cause: problem,
      },
    );
  }
};

/** Has a reminder that nobody needs any more never go out. */
const withdraw = ({ sentLog }: NotificationEffects, data: { readonly userId: string; readonly reference: string }) =>
  sentLog.withdraw(reminderId(data), { kind: reminderKind, about: data.userId });

/** Sends a mail once, and tells of one that is out; it counts as postponed until both are done. */
const sendAndTell = async (effects: NotificationEffects, message: MessageHead, mail: Mail): Promise<MailOutcome> => {
  const outcome = await sendOnce(effects, message, mail);
  if (outcome.state !== 'sent' && outcome.state !== 'known') return outcome;
  const told = await tellOfMail(effects, message.notificationId);
  return typeof told === 'string' ? outcome : { state: 'postponed', obstacle: told };
};

/**
 * Tries to send the mail that an event calls for and to tell of it, and hands the outcome to `settle`, in the trace of the event.
 * Returns what that returned, or undefined for an event that is nobody's mail, or too late to be one. Throws `UnreadableEvent`.
 */
export const mailEvent = async <T>(
  effects: NotificationEffects,
  text: string,
  settle: (message: MessageHead, outcome: MailOutcome) => Promise<T>,
): Promise<T | undefined> => {
  const found = await read(effects, text);
  if (!found) return undefined;
  if (found.withdrawn) {
    await withdraw(effects, found.withdrawn);
    return undefined;
  }
  const { message, mail, event } = found;
  return effects.inTrace(event, async () => settle(message, await sendAndTell(effects, message, mail)));
};
