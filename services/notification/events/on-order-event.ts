import pLimit from 'p-limit';
import type { OrderEvent } from '../../contracts/events/order-events.ts';
import { parseEvent } from '../../contracts/events/topics.ts';
import type { Logger } from '../../kit/telemetry/logger.ts';
import { continueTrace, runInScope } from '../../kit/telemetry/request-scope.ts';
import { messageFor } from '../domain/message.ts';
import { type SendOnceEffects, sendOnce } from '../use-cases/send-once.ts';
import { type IncomingEvent, type IncomingRecord, readRecords } from './read-records.ts';

export type BatchAnswer = { batchItemFailures: NonNullable<IncomingRecord['failure']>[] };

/** Lanes handled at the same time; each waits mostly for the table and the mail sender. */
const lanesAtOnce = 8;

/** Handles the records of one lane in order, and returns those that must come back: the first that failed and all after it. */
const handleLane = async (
  effects: SendOnceEffects & { logger: Logger },
  lane: readonly IncomingRecord[],
): Promise<IncomingRecord[]> => {
  for (const [index, { value, failure }] of lane.entries()) {
    try {
      const event = parseEvent(value, 'order-events') as OrderEvent | undefined;
      const message = event && messageFor(event);
      if (!message) continue;
      await runInScope({ traceparent: continueTrace(event.traceparent) }, async () => {
        const outcome = await sendOnce(effects, message);
        effects.logger.info({ notificationId: message.notificationId, outcome }, 'notification handled');
      });
    } catch (problem) {
      effects.logger.error({ err: problem, record: failure?.itemIdentifier }, 'a record could not be handled');
      if (!failure) throw problem;
      return lane.slice(index);
    }
  }
  return [];
};

/**
 * Handles a batch and names the records that failed, so that only they come back. When all of them failed it throws, which also
 * Lambda's pollers on demand understand: they hand over one record and read no answer.
 * After a failure its lane waits, because a later record must not overtake an earlier one.
 */
export const handleBatch = async (
  effects: SendOnceEffects & { logger: Logger },
  event: IncomingEvent,
): Promise<BatchAnswer> => {
  const records = readRecords(event);
  const lanes = Map.groupBy(records, ({ lane }) => lane).values();
  const failed = (await pLimit(lanesAtOnce).map(lanes, (lane) => handleLane(effects, lane))).flat();
  if (failed.length > 0 && failed.length === records.length)
    throw new Error(`none of ${records.length} records could be handled; the log says why, record by record`);
  return { batchItemFailures: failed.flatMap(({ failure }) => failure ?? []) };
};
