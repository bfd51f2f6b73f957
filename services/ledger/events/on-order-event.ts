import { handledEvent, handledMessage } from '../../kit/events/handled-event.ts';
import { type BatchAnswer, handleBatch } from '../../kit/functions/handle-batch.ts';
import type { IncomingRecord } from '../../kit/functions/read-records.ts';
import type { Logger } from '../../kit/telemetry/logger.ts';
import { recordSpanOf, SpanKind } from '../../kit/telemetry/tracing.ts';
import { chainFollowing, type Following, type LedgerEffects, recordEvent } from '../use-cases/record-event.ts';

export type BatchEffects = LedgerEffects & { readonly logger: Logger };

/** Records one event. Only a table that is away makes it come back: what cannot be an entry is set aside and holds up nobody. */
const handleRecord = async (
  effects: BatchEffects,
  record: IncomingRecord,
  next: IncomingRecord | undefined,
  wrote: (following: Following) => void,
): Promise<void> => {
  const { logger } = effects;
  const place = record.parkAs ?? record.lane;
  const startTime = Date.now();
  const recorded = await recordEvent(effects, record.value, place, next?.value);
  if (recorded.outcome === 'unreadable')
    return logger.error({ record: place, why: recorded.why }, 'a record that is no order event was set aside');
  const { orderId, sequence, eventId, type, chain } = recorded.entry;
  if (recorded.following) wrote(recorded.following);
  const about = { orderId, sequence: Number(sequence), eventId, type };
  if (recorded.outcome === 'contradicts')
    return logger.error(about, 'an event contradicts the ledger and was set aside');
  if (chain === undefined) logger.warn(about, 'an event came before the one that precedes it');
  const { traceparent } = recorded;
  recordSpanOf(traceparent, `process ${type}`, { kind: SpanKind.CONSUMER, startTime });
  if (recorded.outcome === 'recorded')
    logger.info(handledEvent('order-events', { type, id: eventId, subject: orderId, traceparent }), handledMessage);
};

/** Handles a batch; `batchItemFailures` names what must come back. Throws, and all comes back, when what follows cannot be looked at. */
export const handleOrderEvents = async (
  effects: BatchEffects,
  records: readonly IncomingRecord[],
): Promise<BatchAnswer> => {
  const places: Following[] = [];
  const answer = await handleBatch(effects.logger, records, (record, next) =>
    handleRecord(effects, record, next, (following) => places.push(following)),
  );
  await chainFollowing(effects, places);
  return answer;
};
