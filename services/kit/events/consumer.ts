import type { Consumption } from '../manifest.ts';
import type { Database } from '../storage/database.ts';
import type { Logger } from '../telemetry/logger.ts';
import { type Metrics, startAtZero } from '../telemetry/metrics.ts';
import type { Clock } from '../values/clock.ts';
import { registerConsumerMetrics } from './consumer-metrics.ts';
import { createEventHandling } from './event-handling.ts';
import type { Delivery, EventLog, LogRecord, Subscription } from './event-log.ts';
import { handledBy, handlerOf, type TopicHandlers } from './handlers.ts';
import { pruneInbox } from './inbox.ts';
import { laneOf, type ParseEvent, receive } from './received-event.ts';

export type ConsumerOptions = {
  /** Name of the group and of the inbox. */
  readonly service: string;
  /** The owner's database: inbox and effects. */
  readonly database: Database;
  readonly log: EventLog;
  /** By topic: one handler, or one for each type; events of other types are skipped unread. */
  readonly handlers: Readonly<Record<string, TopicHandlers>>;
  readonly parse: ParseEvent;
  readonly logger: Logger;
  readonly metrics?: Metrics | undefined;
  readonly clock: Clock;
  /** Keys that are handled at the same time, each on a database connection; default 3. */
  readonly concurrency?: number;
};

export type Consumer = {
  readonly name: 'consumer';
  /** What it has handlers for. */
  readonly handles: Consumption;
  start(): Promise<void>;
  /** Takes nothing new, finishes the transaction in hand, gives its partitions back. */
  stop(): Promise<void>;
  /** Whether it waits for something that is down. */
  isPaused(): boolean;
};

/** Events of one transaction: enough to save round trips, few enough to hold locks for milliseconds. */
const chunkSize = 25;
const pruneEveryMs = 3_600_000;

const chunksOf = <T>(list: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(list.length / chunkSize) }, (_, at) =>
    list.slice(at * chunkSize, (at + 1) * chunkSize),
  );

/**
 * Handles each event once in effect: inbox and effect commit together. Order holds per key. A handler that fails is tried
 * five times, then the event is a dead letter and later events of its key wait behind it in `<topic>.dead`; a value that
 * matches no schema is one at once. A database or callee that is down pauses the consumer and makes no dead letter.
 */
export const createConsumer = (options: ConsumerOptions): Consumer => {
  const { service, database, log, handlers, parse, logger, metrics, clock, concurrency = 3 } = options;
  let paused = 0;
  let subscription: Subscription | undefined;
  let pruning: NodeJS.Timeout | undefined;
  const handled = metrics?.counter({
    name: 'consumer_handled_total',
    help: 'Records by what became of them.',
    labels: ['topic', 'result'],
  });
  startAtZero(
    handled,
    Object.keys(handlers).map((topic) => ({ topic, result: 'dead' })),
  );
  if (metrics) registerConsumerMetrics({ log, metrics, logger, group: service, isPaused: () => paused > 0 });

  const handleLane = createEventHandling({
    ...{ consumer: service, database, log, handlers, clock, logger },
    count: (topic, result) => handled?.inc({ topic, result }),
    onPause: (isPaused) => {
      paused += isPaused ? 1 : -1;
      if (isPaused && paused === 1) logger.warn('events wait: the database or a callee is down');
      if (!isPaused && paused === 0) logger.info('events are handled again');
    },
  });

  const actsOn = (topic: string, type: string) => handlerOf(handlers[topic], type) !== undefined;

  const handleLanes = async (records: readonly LogRecord[], delivery: Delivery) => {
    // Few records are one transaction; keys need not overtake each other where all of them are handled in milliseconds.
    const lanesNeeded = Math.min(concurrency, Math.ceil(records.length / chunkSize));
    const lanes = Map.groupBy(records, (record) => laneOf(record, lanesNeeded));
    const runs = [...lanes.values()].map(async (lane) => {
      for (const chunk of chunksOf(lane.map((record) => receive(record, parse, actsOn)))) {
        delivery.signal.throwIfAborted();
        await handleLane(chunk, delivery);
      }
    });
    // All lanes come to an end before the delivery counts as failed: it is handed out again at once.
    const failure = (await Promise.allSettled(runs)).find(({ status }) => status === 'rejected');
    if (failure) throw (failure as PromiseRejectedResult).reason;
  };

  return {
    name: 'consumer',
    handles: handledBy(handlers),
    start: async () => {
      subscription = await log.subscribe({ group: service, topics: Object.keys(handlers), handle: handleLanes });
      pruning = setInterval(() => {
        pruneInbox(database, service).catch((error: unknown) =>
          logger.warn({ error }, 'the inbox could not be pruned'),
        );
      }, pruneEveryMs).unref();
    },
    stop: async () => {
      clearInterval(pruning);
      await subscription?.close();
    },
    isPaused: () => paused > 0,
  };
};
