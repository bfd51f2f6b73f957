import * as z from 'zod';
import type { IncomingEvent } from '../../kit/functions/read-records.ts';
import type { Logger } from '../../kit/telemetry/logger.ts';
import { type MailFeedback, stopFor } from '../domain/mail-feedback.ts';
import type { RecipientLog } from '../storage/recipient-log.ts';
import { UnreadableEvent } from '../use-cases/mail-event.ts';
import { addressDigest } from '../use-cases/recipient-digest.ts';

const mailSchema = z.object({
  messageId: z.string(),
  // Each of our mails has one recipient. What the receiving server calls it may be another address, to which it was forwarded.
  destination: z.tuple([z.string().includes('@')]),
});

/** As SES publishes it. Source: SES developer guide, "Contents of event data". */
const feedbackSchema = z.discriminatedUnion('eventType', [
  z.object({ eventType: z.literal('Bounce'), mail: mailSchema, bounce: z.object({ bounceType: z.string() }) }),
  z.object({
    eventType: z.literal('Complaint'),
    mail: mailSchema,
    complaint: z.object({ complaintFeedbackType: z.string().nullish() }),
  }),
]);

const read = (event: Extract<IncomingEvent, { detail: unknown }>): MailFeedback => {
  try {
    return feedbackSchema.parse(event.detail);
  } catch (problem) {
    throw new UnreadableEvent(`what SES tells in the event ${event.id} cannot be read`, { cause: problem });
  }
};

/**
 * Stops further mails to an address from which one came back for good, or which reported one as spam. Throws `UnreadableEvent`, or when
 * the table cannot be used: the platform then calls again, and puts the event with the failed invocations in the end.
 */
export const handleMailFeedback = async (
  { recipients, logger }: { readonly recipients: RecipientLog; readonly logger: Logger },
  event: Extract<IncomingEvent, { detail: unknown }>,
): Promise<void> => {
  const stop = stopFor(read(event));
  if (!stop) return;
  await recipients.stop(addressDigest(stop.address), stop.because);
  logger.info({ because: stop.because, sentAs: stop.sentAs }, 'mails to an address stop');
};
