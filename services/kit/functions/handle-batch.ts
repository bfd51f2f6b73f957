import pLimit from 'p-limit';
import type { Logger } from '../telemetry/logger.ts';
import type { IncomingRecord } from './read-records.ts';

/** What Lambda wants to know of a batch: the records that must come back (AWS: "ReportBatchItemFailures"). */
export type BatchAnswer = { batchItemFailures: NonNullable<IncomingRecord['failure']>[] };

/** `next` comes after it in its lane, in the same batch: it is handled as soon as this one is, or comes back. */
export type HandleRecord = (record: IncomingRecord, next: IncomingRecord | undefined) => Promise<void>;

/** Lanes handled at the same time; each waits mostly for the network. */
const lanesAtOnce = 8;

/** Handles the records of one lane in order, and returns those that must come back: the first that failed and all after it. */
const handleLane = async (logger: Logger, lane: readonly IncomingRecord[], handle: HandleRecord) => {
  for (const [index, record] of lane.entries()) {
    try {
      await handle(record, lane[index + 1]);
    } catch (problem) {
      logger.error({ err: problem, record: record.failure?.itemIdentifier }, 'a record could not be handled');
      if (!record.failure) throw problem;
      return lane.slice(index);
    }
  }
  return [];
};

/**
 * Handles a batch and names the records that failed, so that only they come back. When all of them failed it throws, which also
 * Lambda's pollers on demand understand: they hand over one record and read no answer.
 * @param handle throws when its record must come back
 */
export const handleBatch = async (
  logger: Logger,
  records: readonly IncomingRecord[],
  handle: HandleRecord,
): Promise<BatchAnswer> => {
  const lanes = Map.groupBy(records, ({ lane }) => lane).values();
  const failed = (await pLimit(lanesAtOnce).map(lanes, (lane) => handleLane(logger, lane, handle))).flat();
  if (failed.length > 0 && failed.length === records.length)
    throw new Error(`none of ${records.length} records could be handled; the log says why, record by record`);
  return { batchItemFailures: failed.flatMap(({ failure }) => failure ?? []) };
};
