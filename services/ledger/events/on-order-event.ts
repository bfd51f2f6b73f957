import { handledEvent, handledMessage } from '../../kit/events/handled-event.ts';
import { type BatchAnswer, handleBatch } from '../../kit/functions/handle-batch.ts';
import type { IncomingRecord } from '../../kit/functions/read-records.ts';
import type { Logger } from '../../kit/telemetry/logger.ts';
import { recordSpanOf, SpanKind } from '../../kit/telemetry/tracing.ts';
import { type LedgerEffects, recordEvent } from '../use-cases/record-event.ts';

export type BatchEffects = LedgerEffects & { readonly logger: Logger };

/** Records one event. Only a table that is away makes it come back: what cannot be an entry is set aside and holds up nobody. */
const handleRecord = async (
  effects: BatchEffects,
  record: IncomingRecord,
  next: IncomingRecord | undefined,
): Promise<void> => {
  const { logger } = effects;
  const place = record.parkAs ?? record.lane;
  const startTime = Date.now();
  const recorded = await recordEvent(effects, record.value, place, next?.value);
  if (recorded.outcome === 'unreadable')
    return logger.error({ record: place, why: recorded.why }, 'a record that is no order event was set aside');
  const { orderId, sequence, eventId, type, chain } = recorded.entry;
  const about = { orderId, sequence: Number(sequence), eventId, type };
  if (recorded.outcome === 'contradicts')
    return logger.error(about, 'an event contradicts the ledger and was set aside');
  if (chain === undefined) logger.warn(about, 'an event came before the one that precedes it');
  const { traceparent } = recorded;
  recordSpanOf(traceparent, `process ${type}`, { kind: SpanKind.CONSUMER, startTime });
  if (recorded.outcome === 'recorded')
    logger.info(handledEvent('order-events', { type, id: eventId, subject: orderId, traceparent }), handledMessage);
};

/** Handles a batch; `batchItemFailures` names what must come back. */
export const handleOrderEvents = (effects: BatchEffects, records: readonly IncomingRecord[]): Promise<BatchAnswer> =>
  handleBatch(effects.logger, records, (record, next) => handleRecord(effects, record, next));
