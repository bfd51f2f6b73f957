import type { OrderEvent } from '../../contracts/events/order-events.ts';
import { parseEvent } from '../../contracts/events/topics.ts';
import { type Message, messageFor } from '../domain/message.ts';
import type { NotificationEffects } from './notification-effects.ts';
import { type MailOutcome, sendOnce } from './send-once.ts';

/** The event cannot be read, or no mail be made of it. */
export class UnreadableEvent extends Error {}

const read = (effects: NotificationEffects, text: string) => {
  try {
    // The order's own topic alone is consumed.
    const event = parseEvent(text, 'order-events') as OrderEvent | undefined;
    const message = event && messageFor(event);
    return message ? { message, mail: effects.render(message), traceparent: event.traceparent } : undefined;
  } catch (problem) {
    throw new UnreadableEvent(
      `no mail can be made of the event: ${problem instanceof Error ? problem.name : problem}`,
      {
        cause: problem,
      },
    );
  }
};

/**
 * Tries to send the mail that an event calls for, and hands the outcome to `settle`, in the trace of the event.
 * Returns what that returned, or undefined for an event that is nobody's mail. Throws `UnreadableEvent`.
 */
export const mailEvent = async <T>(
  effects: NotificationEffects,
  text: string,
  settle: (message: Message, outcome: MailOutcome) => Promise<T>,
): Promise<T | undefined> => {
  const found = read(effects, text);
  if (!found) return undefined;
  const { message, mail, traceparent } = found;
  return effects.inTrace(traceparent, async () => settle(message, await sendOnce(effects, message, mail)));
};
