/** What stands between a log and a function on AWS, kept to the same rules: batches, partial failures, bisecting, bounded retries. */
import type { MSKEvent } from 'aws-lambda';
import { recordTries } from '../manifest.ts';
import { type FunctionRecord, partitionName, toMskEvent } from './msk-event.ts';

/** Settings of the event source mapping that the infrastructure sets as well. */
export type MappingSettings = {
  /** Largest number of records of one invocation; default 100. */
  readonly batchSize: number;
  /** Tries of one record after its first, before it goes to the failure destination; default 30. */
  readonly retryAttempts: number;
  /** Milliseconds after which a record goes there untried; default seven days. */
  readonly oldestMs: number;
  /** Milliseconds before the first retry; doubles, with full jitter, up to `longestPauseMs`. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** Milliseconds that one invocation may take. */
  readonly timeoutMs: number;
};

export const defaultMappingSettings: MappingSettings = {
  batchSize: 100,
  retryAttempts: recordTries.retries,
  oldestMs: recordTries.oldestSeconds * 1000,
  firstPauseMs: 200,
  longestPauseMs: 10_000,
  timeoutMs: 30_000,
};

/** Why a record was given up: for the headers of its dead letter. */
export type Failure = {
  readonly attempts: number;
  readonly firstFailedAt: Date;
  readonly lastFailedAt: Date;
  readonly error: Error;
};

export type MappingParts = {
  readonly settings: MappingSettings;
  readonly invoke: (event: MSKEvent, timeoutMs: number) => Promise<unknown>;
  /** Takes a record that failed for good; its error makes the batch be delivered again. */
  readonly onFailure: (record: FunctionRecord, failure: Failure) => Promise<void>;
  readonly pause: (milliseconds: number) => Promise<void>;
  /** 0 to just below 1. */
  readonly random: () => number;
  readonly now: () => Date;
};

/** Records of one partition, in order. */
export type RunBatch = (records: readonly FunctionRecord[]) => Promise<void>;

type Outcome = { readonly firstFailed?: number; readonly error?: Error };

class PartialFailure extends Error {
  constructor(where: string) {
    super(`the function reported ${where} as failed`);
    this.name = 'PartialFailure';
  }
}

/**
 * Reads the answer of a function with ReportBatchItemFailures: no failures is success, and the lowest failed offset is
 * where the next try begins. An answer that names no record of the batch counts as a failure of all
 * (AWS Lambda Developer Guide, "Configuring error handling controls for Kafka event sources").
 */
const readAnswer = (answer: unknown, records: readonly FunctionRecord[]): Outcome => {
  const failures = (answer as { batchItemFailures?: unknown } | null | undefined)?.batchItemFailures;
  if (failures === undefined || failures === null) return {};
  if (!Array.isArray(failures))
    return { firstFailed: 0, error: new Error('the function answered batchItemFailures that is not a list') };
  const indices = failures.map((failure: { itemIdentifier?: { partition?: unknown; offset?: unknown } } | null) => {
    const id = failure?.itemIdentifier;
    return records.findIndex(
      (record) => partitionName(record) === id?.partition && record.offset === Number(id?.offset),
    );
  });
  if (indices.length === 0) return {};
  if (indices.includes(-1))
    return {
      firstFailed: 0,
      error: new Error('the function reported the failure of a record that is not in the batch'),
    };
  const firstFailed = Math.min(...indices);
  const record = records[firstFailed] as FunctionRecord;
  return { firstFailed, error: new PartialFailure(`${partitionName(record)} offset ${record.offset}`) };
};

/**
 * Makes the loop that takes the records of one partition through the function in order. It resolves when each record
 * was handled or given to the failure destination; it rejects only when that destination fails.
 */
export const createEventSourceMapping = ({
  settings,
  invoke,
  onFailure,
  pause,
  random,
  now,
}: MappingParts): RunBatch => {
  const attempt = async (records: readonly FunctionRecord[]): Promise<Outcome & { threw?: true }> => {
    try {
      return readAnswer(await invoke(toMskEvent(records), settings.timeoutMs), records);
    } catch (problem) {
      return { firstFailed: 0, threw: true, error: problem instanceof Error ? problem : new Error(String(problem)) };
    }
  };

  const run: RunBatch = async (all) => {
    let records = all;
    let attempts = 0;
    let firstFailedAt: Date | undefined;
    const giveUp = async (attempted: number, error: Error) => {
      const at = now();
      const failure = { attempts: attempted, firstFailedAt: firstFailedAt ?? at, lastFailedAt: at, error };
      await onFailure(records[0] as FunctionRecord, failure);
      records = records.slice(1);
      attempts = 0;
      firstFailedAt = undefined;
    };
    while (records.length > 0) {
      if (now().getTime() - (records[0] as FunctionRecord).timestamp.getTime() > settings.oldestMs) {
        await giveUp(attempts, new Error(`the record is older than ${settings.oldestMs} ms`));
        continue;
      }
      const { firstFailed, threw, error } = await attempt(records);
      if (firstFailed === undefined || error === undefined) return;
      if (firstFailed > 0) {
        records = records.slice(firstFailed);
        attempts = 0;
        firstFailedAt = undefined;
      }
      attempts += 1;
      firstFailedAt ??= now();
      if (threw && records.length > 1) {
        // Splitting costs no retry; the halves stay in order, and each has retries of its own.
        const middle = Math.ceil(records.length / 2);
        await run(records.slice(0, middle));
        await run(records.slice(middle));
        return;
      }
      if (attempts > settings.retryAttempts) {
        await giveUp(attempts, error);
        continue;
      }
      await pause(random() * Math.min(settings.firstPauseMs * 2 ** (attempts - 1), settings.longestPauseMs));
    }
  };

  return async (records) => {
    for (let start = 0; start < records.length; start += settings.batchSize)
      await run(records.slice(start, start + settings.batchSize));
  };
};
