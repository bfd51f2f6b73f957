/** Feeds a Lambda handler from a log on this machine, as AWS would: one consumer group, batches of one partition, dead letters. */
import { deadLetterRecord } from '../events/dead-letters.ts';
import type { Delivery, EventLog, LogRecord, Subscription } from '../events/event-log.ts';
import { deadLetterGroupOf, deadLetterTopicOf, recordTries } from '../manifest.ts';
import type { Logger } from '../telemetry/logger.ts';
import {
  createEventSourceMapping,
  defaultMappingSettings,
  type Failure,
  type MappingSettings,
} from './event-source-mapping.ts';
import { type InvokeParts, invokeHandler } from './invoke-handler.ts';
import { type FunctionRecord, mskSource, partitionName } from './msk-event.ts';

export type InvokerParts = Omit<InvokeParts, 'timeoutMs'> & {
  readonly topics: readonly string[];
  readonly log: EventLog;
  readonly logger: Logger;
  /** Default {@link defaultMappingSettings}. */
  readonly settings?: MappingSettings;
  /** Of the mapping that reads the dead letters; default as above, with more retries. */
  readonly deadLetterSettings?: MappingSettings;
  readonly random: () => number;
};

/** The id of a CloudEvent, if the value is one. */
const eventIdOf = (value: string): string | undefined => {
  try {
    const { id } = JSON.parse(value) as { id?: unknown };
    return typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
};

const deadLetterOf = (consumer: string, record: FunctionRecord, failure: Failure) => {
  const eventId = eventIdOf(record.value);
  return deadLetterRecord({
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    key: record.key,
    eventId,
    consumer,
    reason: 'failed',
    attempts: failure.attempts,
    firstFailure: failure.firstFailedAt,
    lastFailure: failure.lastFailedAt,
    errorClass: failure.error.name,
    errorMessage: failure.error.message,
    value: record.value,
    headers: record.headers,
  });
};

type Mapping = {
  readonly group: string;
  readonly topics: readonly string[];
  readonly settings: MappingSettings;
  readonly onFailure: (record: FunctionRecord, failure: Failure) => Promise<void>;
};

const startMapping = (parts: InvokerParts, { group, topics, settings, onFailure }: Mapping): Promise<Subscription> => {
  const { log, pause, random, now } = parts;
  const runBatch = async (batch: readonly LogRecord[], delivery: Delivery) => {
    const [first] = batch;
    if (!first || !delivery.owns(first)) return;
    const run = createEventSourceMapping({
      ...{ source: mskSource, settings, random, now, onFailure },
      pause: (milliseconds) => pause(milliseconds, delivery.signal),
      invoke: async (event, timeoutMs) => {
        delivery.signal.throwIfAborted();
        return invokeHandler({ ...parts, timeoutMs }, event);
      },
    });
    await run(batch);
  };
  return log.subscribe({
    group,
    topics,
    maxRecords: settings.batchSize,
    apartMs: settings.windowMs,
    handle: async (records, delivery) => {
      // Partitions do not wait for each other, but the delivery for all of them: it is handed out again as a whole.
      const batches = [...Map.groupBy(records, partitionName).values()];
      const ends = await Promise.allSettled(batches.map((batch) => runBatch(batch, delivery)));
      const failure = ends.find(({ status }) => status === 'rejected');
      if (failure) throw (failure as PromiseRejectedResult).reason;
    },
  });
};

/**
 * Subscribes the function to its topics, and to their dead letters, which it gets again while nobody waits behind them: what
 * failed in a long outage is handled once that is over. Close the subscriptions to drain.
 */
export const startInvoker = async (parts: InvokerParts): Promise<Pick<Subscription, 'close'>> => {
  const { name, topics, log, logger, settings = defaultMappingSettings } = parts;
  const { deadLetterSettings = { ...settings, retryAttempts: recordTries.retriesOfDeadLetters } } = parts;
  const placeOf = ({ topic, partition, offset }: FunctionRecord, { attempts, error }: Failure) => ({
    ...{ topic, partition, offset, attempts, error },
  });
  const ofTopics = await startMapping(parts, {
    ...{ group: name, topics, settings },
    onFailure: async (record, failure) => {
      logger.error(placeOf(record, failure), 'given up, sent to the dead letters');
      await log.append(deadLetterTopicOf(record.topic), [deadLetterOf(name, record, failure)]);
    },
  });
  const ofDeadLetters = await startMapping(parts, {
    ...{ group: deadLetterGroupOf(name), topics: topics.map(deadLetterTopicOf), settings: deadLetterSettings },
    onFailure: async (record, failure) =>
      logger.error(placeOf(record, failure), 'a dead letter was given up; it stays where it is for a person'),
  }).catch(async (problem: unknown) => {
    await ofTopics.close();
    throw problem;
  });
  return {
    close: async () => {
      await Promise.all([ofTopics.close(), ofDeadLetters.close()]);
    },
  };
};
