import { type BatchAnswer, handleBatch } from '../../kit/functions/handle-batch.ts';
import type { IncomingRecord } from '../../kit/functions/read-records.ts';
import type { Logger } from '../../kit/telemetry/logger.ts';
import { mailEvent, UnreadableEvent } from '../use-cases/mail-event.ts';
import type { NotificationEffects } from '../use-cases/notification-effects.ts';
import { postponeMail } from '../use-cases/postpone-mail.ts';
import { logHandled, reasonOf, waitingOf } from './log-outcome.ts';

export type BatchEffects = NotificationEffects & { readonly logger: Logger };

/**
 * Mails what a record says. A mail that cannot go out now is kept to be tried again, and its record is done with: no record waits
 * for the mail of another. Throws when even that cannot be done, or nobody can read a record that holds up none behind it.
 */
const handleRecord = async (effects: BatchEffects, { value, parkAs }: IncomingRecord): Promise<void> => {
  const { logger } = effects;
  try {
    await mailEvent(effects, value, async ({ notificationId }, outcome) => {
      if (outcome.state !== 'postponed') return logHandled(logger, { notificationId }, outcome.state);
      const dueAt = await postponeMail(effects, { id: notificationId, event: value }, outcome.obstacle);
      logger.warn({ notificationId, dueAt, ...reasonOf(outcome.obstacle) }, waitingOf(outcome.obstacle));
    });
  } catch (problem) {
    if (!(problem instanceof UnreadableEvent) || parkAs === null) throw problem;
    const dueAt = await postponeMail(effects, { id: parkAs, event: value }, { kind: 'failed', problem });
    logger.error({ err: problem.cause, record: parkAs, dueAt }, 'a record waits that nobody can make a mail of');
  }
};

/** Handles a batch; `batchItemFailures` names what must come back. */
export const handleOrderEvents = (effects: BatchEffects, records: readonly IncomingRecord[]): Promise<BatchAnswer> =>
  handleBatch(effects.logger, records, (record) => handleRecord(effects, record));
