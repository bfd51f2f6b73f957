/** Feeds a Lambda handler from a log on this machine, as AWS would: one consumer group, batches of one partition, dead letters. */
import type { Context, MSKEvent } from 'aws-lambda';
import { deadLetterRecord } from '../events/dead-letters.ts';
import type { EventLog, Subscription } from '../events/event-log.ts';
import { deadLetterTopicOf } from '../manifest.ts';
import type { Logger } from '../telemetry/logger.ts';
import { createEventSourceMapping, type Failure, type MappingSettings } from './event-source-mapping.ts';
import { type FunctionRecord, partitionName } from './msk-event.ts';

export type LambdaHandler = (event: MSKEvent, context: Context) => unknown;

export type InvokerParts = {
  /** Name of the function, and of its consumer group. */
  readonly name: string;
  readonly topics: readonly string[];
  readonly handler: LambdaHandler;
  readonly log: EventLog;
  readonly logger: Logger;
  readonly settings: MappingSettings;
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly random: () => number;
  readonly now: () => Date;
  readonly requestId: () => string;
};

const MEMORY_MIB = '256';

/** The part of Lambda's context that means something outside Lambda. */
const contextOf = (name: string, requestId: string, endsAt: number, now: () => Date): Context => ({
  callbackWaitsForEmptyEventLoop: false,
  functionName: name,
  functionVersion: '$LATEST',
  invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
  memoryLimitInMB: MEMORY_MIB,
  awsRequestId: requestId,
  logGroupName: `/aws/lambda/${name}`,
  logStreamName: 'local',
  getRemainingTimeInMillis: () => Math.max(0, endsAt - now().getTime()),
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
});

/** Rejects when the handler takes longer than its time; a handler that hangs cannot be stopped from outside, only left. */
const withinTime = async <T>(work: Promise<T>, milliseconds: number, pause: InvokerParts['pause']): Promise<T> => {
  const done = new AbortController();
  const tooLate = pause(milliseconds, done.signal).then(() => {
    throw new Error(`the function took longer than ${milliseconds} ms`);
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    tooLate.catch(() => undefined);
    done.abort();
  }
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
    ...(eventId !== undefined && { eventId }),
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

/** Subscribes the function to its topics; close the subscription to drain. */
export const startInvoker = ({
  name,
  topics,
  handler,
  log,
  logger,
  settings,
  pause,
  random,
  now,
  requestId,
}: InvokerParts): Promise<Subscription> => {
  const never = new AbortController().signal;
  return log.subscribe({
    group: name,
    topics,
    maxRecords: settings.batchSize,
    handle: async (records, delivery) => {
      for (const batch of Object.values(Object.groupBy(records, partitionName))) {
        const first = batch?.[0];
        if (!batch || !first || !delivery.owns(first)) continue;
        const run = createEventSourceMapping({
          settings,
          random,
          now,
          pause: (milliseconds) => pause(milliseconds, delivery.signal),
          invoke: async (event, timeoutMs) => {
            delivery.signal.throwIfAborted();
            const context = contextOf(name, requestId(), now().getTime() + timeoutMs, now);
            return withinTime(Promise.resolve(handler(event, context)), timeoutMs, (milliseconds, signal) =>
              pause(milliseconds, signal ?? never),
            );
          },
          onFailure: async (record, failure) => {
            logger.error(
              {
                topic: record.topic,
                partition: record.partition,
                offset: record.offset,
                attempts: failure.attempts,
                error: failure.error,
              },
              'given up, sent to the dead letters',
            );
            await log.append(deadLetterTopicOf(record.topic), [deadLetterOf(name, record, failure)]);
          },
        });
        await run(batch);
      }
    },
  });
};
