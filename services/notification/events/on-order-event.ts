import pLimit from 'p-limit';
import type { Logger } from '../../kit/telemetry/logger.ts';
import { mailEvent, UnreadableEvent } from '../use-cases/mail-event.ts';
import type { NotificationEffects } from '../use-cases/notification-effects.ts';
import { postponeMail } from '../use-cases/postpone-mail.ts';
import { logHandled, reasonOf } from './log-outcome.ts';
import type { IncomingRecord } from './read-records.ts';

export type BatchAnswer = { batchItemFailures: NonNullable<IncomingRecord['failure']>[] };

export type BatchEffects = NotificationEffects & { readonly logger: Logger };

/** Lanes handled at the same time; each waits mostly for the tables and the mail sender. */
const lanesAtOnce = 8;

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
      logger.warn({ notificationId, dueAt, ...reasonOf(outcome.obstacle) }, 'a mail waits');
    });
  } catch (problem) {
    if (!(problem instanceof UnreadableEvent) || parkAs === null) throw problem;
    const dueAt = await postponeMail(effects, { id: parkAs, event: value }, { kind: 'failed', problem });
    logger.error({ err: problem.cause, record: parkAs, dueAt }, 'a record waits that nobody can make a mail of');
  }
};

/** Handles the records of one lane in order, and returns those that must come back: the first that failed and all after it. */
const handleLane = async (effects: BatchEffects, lane: readonly IncomingRecord[]): Promise<IncomingRecord[]> => {
  for (const [index, record] of lane.entries()) {
    try {
      await handleRecord(effects, record);
    } catch (problem) {
      effects.logger.error({ err: problem, record: record.failure?.itemIdentifier }, 'a record could not be handled');
      if (!record.failure) throw problem;
      return lane.slice(index);
    }
  }
  return [];
};

/**
 * Handles a batch and names the records that failed, so that only they come back. When all of them failed it throws, which also
 * Lambda's pollers on demand understand: they hand over one record and read no answer.
 */
export const handleBatch = async (effects: BatchEffects, records: readonly IncomingRecord[]): Promise<BatchAnswer> => {
  const lanes = Map.groupBy(records, ({ lane }) => lane).values();
  const failed = (await pLimit(lanesAtOnce).map(lanes, (lane) => handleLane(effects, lane))).flat();
  if (failed.length > 0 && failed.length === records.length)
    throw new Error(`none of ${records.length} records could be handled; the log says why, record by record`);
  return { batchItemFailures: failed.flatMap(({ failure }) => failure ?? []) };
};
