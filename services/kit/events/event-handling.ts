import { setTimeout as wait } from 'node:timers/promises';
import { createBackOff } from '../back-off.ts';
import { deadLetterMessage, deadLetterTopicOf } from '../manifest.ts';
import type { Database, Sql } from '../storage/database.ts';
import { isUnavailable } from '../storage/database-failure.ts';
import type { Logger } from '../telemetry/logger.ts';
import { inSpan, SpanKind, startSpanOf } from '../telemetry/tracing.ts';
import type { Clock } from '../values/clock.ts';
import type { CloudEvent } from './cloud-event.ts';
import { type DeadLetterReason, deadLetterRecord, discardedBy } from './dead-letters.ts';
import type { Delivery, EventLog } from './event-log.ts';
import { handledEvent, handledMessage } from './handled-event.ts';
import { handlerOf, type TopicHandlers } from './handlers.ts';
import { acceptNew, acceptOnce } from './inbox.ts';
import { hasParked, park, parkedOf, unpark } from './parking.ts';
import type { ReceivedEvent } from './received-event.ts';

/** The effect of one event, through `tx`: it commits together with the note that the event was handled. */
export type EventHandler = { handle(event: CloudEvent, tx: Sql): Promise<void> }['handle'];

export type HandlingResult = 'handled' | 'duplicate' | 'ignored' | 'dead' | 'retried' | 'dropped';

export type HandlingParts = {
  readonly consumer: string;
  readonly database: Database;
  readonly log: Pick<EventLog, 'append'>;
  readonly handlers: Readonly<Record<string, TopicHandlers>>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Counts what became of a record. */
  readonly count: (topic: string, result: HandlingResult) => void;
  /** Told when work waits for something that is down, and when it goes on. */
  readonly onPause: (isPaused: boolean) => void;
};

/** Of the event's own trace, whatever else is handled in the same transaction. */
const processingSpan = (topic: string, { id, type, traceparent }: CloudEvent) =>
  startSpanOf(traceparent, `process ${type}`, {
    kind: SpanKind.CONSUMER,
    attributes: {
      'messaging.destination.name': topic,
      'messaging.operation.type': 'process',
      'messaging.message.id': id,
    },
  });

type KnownEvent = Extract<ReceivedEvent, { outcome: 'event' }>;

/** Tries of an event whose handler fails, before it is put aside. */
const tries = 5;
/** Full jitter between 0 and 100, 200, 400, 800 ms. */
const firstBackoffMs = 100;
const longestPauseMs = 5_000;

class LostPartition extends Error {}

/** How received records take effect: together where all goes well, one by one with retries and dead letters where not. */
export const createEventHandling = (parts: HandlingParts) => {
  const { consumer, database, log, handlers, clock, logger, count, onPause } = parts;

  const note = ({ event, record: { topic } }: KnownEvent, result: HandlingResult) => {
    count(topic, result);
    if (result === 'handled') logger.info(handledEvent(topic, event), handledMessage);
  };

  const takeEffect = (event: CloudEvent, topic: string, tx: Sql) => {
    const handler = handlerOf(handlers[topic], event.type);
    if (!handler) throw new Error(`no handler for ${event.type} of topic "${topic}"`);
    return inSpan(processingSpan(topic, event), () => handler(event, tx));
  };

  /**
   * One transaction for all. Any failure undoes all of them, and they are handled one by one: that costs a second run of
   * handlers whose effect was undone, and saves three round trips for each event on every other day.
   */
  const handleTogether = async (received: readonly KnownEvent[], delivery: Delivery): Promise<boolean> => {
    const results: HandlingResult[] = [];
    try {
      const isDone = await database.transaction(async (tx) => {
        const keys = received.map(({ record }) => record.key);
        if (await hasParked(tx, consumer, keys)) return false;
        const ids = received.map(({ event }) => event.id);
        const fresh = await acceptNew(tx, consumer, ids);
        for (const { event, record } of received) {
          const isNew = fresh.delete(event.id);
          if (isNew) await takeEffect(event, record.topic, tx);
          results.push(isNew ? 'handled' : 'duplicate');
        }
        if (!received.every(({ record }) => delivery.owns(record))) throw new LostPartition();
        return true;
      });
      if (!isDone) return false;
    } catch (error) {
      if (!(error instanceof LostPartition)) logger.debug({ error }, 'events are handled one by one after a failure');
      return false;
    }
    for (const [at, result] of results.entries()) note(received[at] as KnownEvent, result);
    return true;
  };

  const handleAlone = ({ event, record: { topic, key } }: KnownEvent) =>
    database.transaction(async (tx): Promise<'handled' | 'duplicate' | 'behind'> => {
      const parked = await parkedOf(tx, consumer, topic, key);
      if (!(await acceptOnce(tx, consumer, event.id))) return 'duplicate';
      if (parked.length > 0 && parked[0] !== event.id) {
        await tx.query('DELETE FROM inbox WHERE consumer = $1 AND event_id = $2', [consumer, event.id]);
        return 'behind';
      }
      await takeEffect(event, topic, tx);
      if (parked.length > 0) await unpark(tx, { consumer, topic, key, eventId: event.id });
      return 'handled';
    });

  /** Runs `work` until what it depends on is back. Throws when the partition is lost or the process stops meanwhile. */
  const whenAvailable = async <T>(received: ReceivedEvent, delivery: Delivery, work: () => Promise<T>): Promise<T> => {
    const backOff = createBackOff({ firstMs: firstBackoffMs, longestMs: longestPauseMs });
    for (let isPaused = false; ; ) {
      try {
        const result = await work();
        if (isPaused) onPause(false);
        return result;
      } catch (error) {
        const isOver = !isUnavailable(error) || delivery.signal.aborted || !delivery.owns(received.record);
        if (isOver && isPaused) onPause(false);
        if (isOver) throw error;
        if (!isPaused) onPause(true);
        isPaused = true;
        await backOff.pause(delivery.signal);
      }
    }
  };

  type Failure = {
    readonly reason: DeadLetterReason;
    readonly error: Error;
    readonly attempts: number;
    readonly firstFailure: Date;
  };

  const bury = async (received: ReceivedEvent, delivery: Delivery, failure: Failure) => {
    const { reason, error, attempts } = failure;
    const { record, eventId } = received;
    const { topic, partition, offset, key, headers } = record;
    const traceparent = received.outcome === 'event' ? received.event.traceparent : headers['traceparent'];
    const letter = deadLetterRecord({
      ...record,
      ...failure,
      consumer,
      eventId,
      traceparent,
      lastFailure: clock.now(),
      errorClass: error.name,
      errorMessage: error.message,
    });
    await whenAvailable(received, delivery, () => log.append(deadLetterTopicOf(topic), [letter]));
    if (eventId)
      await whenAvailable(received, delivery, () => park(database, { consumer, topic, key, eventId, reason }));
    count(topic, 'dead');
    logger.error({ error, topic, partition, offset, key, eventId, reason, attempts }, deadLetterMessage);
  };

  /** Retries what may pass, waits for what is down, puts aside what fails for good. */
  const handleOne = async (received: KnownEvent, delivery: Delivery) => {
    const { topic } = received.record;
    let firstFailure: Date | undefined;
    for (let attempt = 1; ; attempt++) {
      if (!delivery.owns(received.record)) return count(topic, 'dropped');
      try {
        const result = await whenAvailable(received, delivery, () => handleAlone(received));
        if (result !== 'behind') return note(received, result);
        const error = new Error('an earlier event of this key is a dead letter; replay that one first');
        return await bury(received, delivery, { reason: 'behind', error, attempts: 0, firstFailure: clock.now() });
      } catch (problem) {
        if (isUnavailable(problem) || delivery.signal.aborted) throw problem;
        const error = problem instanceof Error ? problem : new Error(String(problem));
        firstFailure ??= clock.now();
        if (attempt >= tries)
          return bury(received, delivery, { reason: 'failed', error, attempts: attempt, firstFailure });
        count(topic, 'retried');
        await wait(Math.random() * firstBackoffMs * 2 ** (attempt - 1), undefined, { signal: delivery.signal });
      }
    }
  };

  /** Somebody decided that it shall have no effect: it counts as handled, and what waits behind it may go on. */
  const rest = ({ record: { topic, key }, eventId }: ReceivedEvent) =>
    database.transaction(async (tx) => {
      if (eventId === undefined) return;
      await acceptOnce(tx, consumer, eventId);
      await unpark(tx, { consumer, topic, key, eventId });
    });

  const isKnown = (received: ReceivedEvent): received is KnownEvent => received.outcome === 'event';

  /** Handles records of one lane in their order. Resolves when each of them is handled, put aside, or no longer ours. */
  return async (all: readonly ReceivedEvent[], delivery: Delivery): Promise<void> => {
    const received = all.filter((each) => {
      const isOurs = delivery.owns(each.record);
      const isIgnored = each.outcome === 'ignored' || (discardedBy(each.record) ?? consumer) !== consumer;
      if (!isOurs) count(each.record.topic, 'dropped');
      else if (isIgnored) count(each.record.topic, 'ignored');
      return isOurs && !isIgnored;
    });
    if (received.length === 0) return;
    const isResting = ({ record }: ReceivedEvent) => discardedBy(record) !== undefined;
    if (received.every(isKnown) && !received.some(isResting) && (await handleTogether(received, delivery))) return;
    for (const each of received) {
      delivery.signal.throwIfAborted();
      if (isResting(each)) await whenAvailable(each, delivery, () => rest(each));
      else if (isKnown(each)) await handleOne(each, delivery);
      else if (each.outcome === 'invalid' && delivery.owns(each.record))
        await bury(each, delivery, { reason: 'invalid', error: each.error, attempts: 1, firstFailure: clock.now() });
    }
  };
};
