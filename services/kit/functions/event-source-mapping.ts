/** What stands between a log and a function on AWS, kept to the same rules: batches, partial failures, bisecting, bounded retries. */
import { recordTries } from '../manifest.ts';

/** Where records come from, as far as its mapping differs from others. */
export type RecordSource<Item, Event> = {
  readonly toEvent: (records: readonly Item[]) => Event;
  /** Whether this is the record that an item of `batchItemFailures` names. */
  readonly isNamedBy: (record: Item, itemIdentifier: unknown) => boolean;
  /** Its place, for people. */
  readonly placeOf: (record: Item) => string;
  readonly writtenAt: (record: Item) => Date;
};

/** Settings of the event source mapping that the infrastructure sets as well. */
export type MappingSettings = {
  /** Largest number of records of one invocation; default 100. */
  readonly batchSize: number;
  /** Milliseconds in which records gather for one invocation; default 300 of the 1,000 that they have on AWS: an event is to be a row within 1.1 s here (services/warehouse-export/README.md). */
  readonly windowMs: number;
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
  windowMs: 300,
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

export type MappingParts<Item, Event> = {
  readonly source: RecordSource<Item, Event>;
  readonly settings: MappingSettings;
  readonly invoke: (event: Event, timeoutMs: number) => Promise<unknown>;
  /** Takes a record that failed for good; its error makes the batch be delivered again. */
  readonly onFailure: (record: Item, failure: Failure) => Promise<void>;
  readonly pause: (milliseconds: number) => Promise<void>;
  /** 0 to just below 1. */
  readonly random: () => number;
  readonly now: () => Date;
};

/** Takes records of one partition or shard, in order. */
export type RunBatch<Item> = (records: readonly Item[]) => Promise<void>;

type Outcome = { readonly firstFailed?: number; readonly error?: Error };

class PartialFailure extends Error {
  constructor(where: string) {
    super(`the function reported ${where} as failed`);
    this.name = 'PartialFailure';
  }
}

/**
 * Reads the answer of a function with ReportBatchItemFailures: no failures is success, and the first failed record is
 * where the next try begins. An answer that names no record of the batch counts as a failure of all
 * (AWS Lambda Developer Guide, "Configuring error handling controls for Kafka event sources" and "Configuring partial batch
 * response with DynamoDB and Lambda").
 */
const readAnswer = <Item, Event>(
  answer: unknown,
  records: readonly Item[],
  { isNamedBy, placeOf }: RecordSource<Item, Event>,
): Outcome => {
  const failures = (answer as { batchItemFailures?: unknown } | null | undefined)?.batchItemFailures;
  if (failures === undefined || failures === null) return {};
  if (!Array.isArray(failures))
    return { firstFailed: 0, error: new Error('the function answered batchItemFailures that is not a list') };
  const indices = failures.map((failure: { itemIdentifier?: unknown } | null) =>
    records.findIndex((record) => isNamedBy(record, failure?.itemIdentifier)),
  );
  if (indices.length === 0) return {};
  if (indices.includes(-1))
    return {
      firstFailed: 0,
      error: new Error('the function reported the failure of a record that is not in the batch'),
    };
  const firstFailed = Math.min(...indices);
  return { firstFailed, error: new PartialFailure(placeOf(records[firstFailed] as Item)) };
};

/**
 * Makes the loop that takes the records of one partition or shard through the function in order. It resolves when each record
 * was handled or given to the failure destination; it rejects only when that destination fails.
 */
export const createEventSourceMapping = <Item, Event>({
  source,
  settings,
  invoke,
  onFailure,
  pause,
  random,
  now,
}: MappingParts<Item, Event>): RunBatch<Item> => {
  const attempt = async (records: readonly Item[]): Promise<Outcome & { threw?: true }> => {
    try {
      return readAnswer(await invoke(source.toEvent(records), settings.timeoutMs), records, source);
    } catch (problem) {
      return { firstFailed: 0, threw: true, error: problem instanceof Error ? problem : new Error(String(problem)) };
    }
  };

  const run: RunBatch<Item> = async (all) => {
    let records = all;
    let attempts = 0;
    let firstFailedAt: Date | undefined;
    const giveUp = async (attempted: number, error: Error) => {
      const at = now();
      const failure = { attempts: attempted, firstFailedAt: firstFailedAt ?? at, lastFailedAt: at, error };
      await onFailure(records[0] as Item, failure);
      records = records.slice(1);
      attempts = 0;
      firstFailedAt = undefined;
    };
    while (records.length > 0) {
      if (now().getTime() - source.writtenAt(records[0] as Item).getTime() > settings.oldestMs) {
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
