import { orderEventSchema } from '../../contracts/events/order-events.ts';
import type { Logger } from '../../kit/logger.ts';
import { messageFor } from '../domain/message.ts';
import { type SendOnceEffects, sendOnce } from '../use-cases/send-once.ts';
import { type IncomingEvent, type IncomingRecord, readRecords } from './read-records.ts';

export type BatchAnswer = { batchItemFailures: NonNullable<IncomingRecord['failure']>[] };

/**
 * Handles a batch and names the records that failed, so that only they come back.
 * After a failure its lane waits, because a later record must not overtake an earlier one.
 */
export const handleBatch = async (
  effects: SendOnceEffects & { logger: Logger },
  event: IncomingEvent,
): Promise<BatchAnswer> => {
  const batchItemFailures: BatchAnswer['batchItemFailures'] = [];
  const waiting = new Set<string>();
  for (const { value, lane, failure } of readRecords(event)) {
    if (waiting.has(lane)) {
      if (failure) batchItemFailures.push(failure);
      continue;
    }
    try {
      const message = messageFor(orderEventSchema.parse(JSON.parse(value)));
      if (!message) continue;
      const outcome = await sendOnce(effects, message);
      effects.logger.info({ notificationId: message.notificationId, outcome }, 'notification handled');
    } catch (problem) {
      effects.logger.error({ err: problem, record: failure?.itemIdentifier }, 'a record could not be handled');
      if (!failure) throw problem;
      batchItemFailures.push(failure);
      waiting.add(lane);
    }
  }
  return { batchItemFailures };
};
