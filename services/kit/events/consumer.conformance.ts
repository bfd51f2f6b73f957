/** What a consumer keeps whichever log it takes events from. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { deadLetterMessage } from '../manifest.ts';
import type { Sql } from '../storage/database.ts';
import { systemClock } from '../system-clock.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { eventually } from '../testing/condition.ts';
import { anEvent } from '../testing/event-logs/log-fixtures.ts';
import { differencesByKey } from '../testing/list-differences.ts';
import { type TestDatabase, testDatabase } from '../testing/postgres.ts';
import { Refusal } from '../values/refusal.ts';
import type { CloudEvent } from './cloud-event.ts';
import { type Consumer, type ConsumerOptions, createConsumer } from './consumer.ts';
import { listDeadLetters, replayDeadLetters } from './dead-letters.ts';
import type { EventLog } from './event-log.ts';

/** A log of one test file. */
export type LogOfTests = { readonly log: EventLog; drop(): Promise<void> };

const logger = createLogger('test', 'silent');

export const consumerConformance = (name: string, start: () => Promise<LogOfTests>) =>
  describe(`a consumer of the log ${name}`, () => {
    let store: TestDatabase;
    let events: LogOfTests;
    let topic: string;
    let topicNumber = 0;
    const consumers: Consumer[] = [];

    beforeAll(async () => {
      [store, events] = await Promise.all([testDatabase(), start()]);
      await store.database.query(
        'CREATE TABLE effect (place bigint GENERATED ALWAYS AS IDENTITY, key text, sequence int)',
      );
    });
    beforeEach(async () => {
      topic = `topic-${topicNumber++}-events`;
      await store.database.query('TRUNCATE effect, parked_events, inbox');
      await events.log.createTopics({ [topic]: { partitions: 4, retentionDays: 1 } });
    });
    afterEach(() => Promise.all(consumers.splice(0).map((consumer) => consumer.stop())));
    afterAll(() => Promise.all([store.drop(), events.drop()]));

    const parse = (value: string): CloudEvent | undefined => {
      const event = JSON.parse(value) as CloudEvent;
      if (event.specversion !== '1.0') throw new TypeError('not a CloudEvent');
      return event.type === 'order.unknown.v1' ? undefined : event;
    };
    const takeEffect = async (event: CloudEvent, tx: Sql) => {
      await tx.query('INSERT INTO effect (key, sequence) VALUES ($1, $2)', [event.subject, event.sequence]);
    };
    const startConsumer = async (handle = takeEffect, options: Partial<ConsumerOptions> = {}) => {
      const consumer = createConsumer({
        ...{ service: `${topic}-group`, database: store.database, log: events.log, handlers: { [topic]: handle } },
        ...{ parse, logger, clock: systemClock, ...options },
      });
      consumers.push(consumer);
      await consumer.start();
      return consumer;
    };
    const publish = (list: readonly CloudEvent[]) =>
      events.log.append(
        topic,
        list.map((event) => ({
          key: event.subject,
          value: JSON.stringify(event),
          headers: { id: event.id, type: event.type },
        })),
      );
    const publishEach = (keys: number, from: number, to: number) =>
      publish(
        Array.from({ length: to - from + 1 }, (_, at) =>
          Array.from({ length: keys }, (_, key) => anEvent(`k${key}`, from + at)),
        ).flat(),
      );
    /** Per key, the sequences in the order in which they took effect. */
    const effects = async (): Promise<Record<string, number[]>> => {
      const { rows } = await store.database.query<{ key: string; sequences: number[] }>(
        'SELECT key, array_agg(sequence ORDER BY place) AS sequences FROM effect GROUP BY key ORDER BY key',
      );
      return Object.fromEntries(rows.map(({ key, sequences }) => [key, sequences]));
    };
    const inOrder = (keys: number, count: number) =>
      Object.fromEntries(
        Array.from({ length: keys }, (_, key) => [`k${key}`, Array.from({ length: count }, (_, at) => at + 1)]),
      );
    const deadLetters = async () => (await listDeadLetters(events.log, topic)).map(({ letter }) => letter);

    test('each event takes effect once, in order per key, however often it is delivered', async () => {
      const metrics = createMetrics('order');
      await publishEach(9, 1, 20);
      await publishEach(9, 11, 20);
      await startConsumer(takeEffect, { metrics });
      await publishEach(9, 21, 30);
      await eventually(async () => expect(differencesByKey(await effects(), inOrder(9, 30))).toEqual([]));
      await eventually(async () => {
        const { text } = await metrics.page();
        expect(text).toContain(`consumer_lag_records{group="${topic}-group",topic="${topic}",service="order"} 0`);
        expect(text).toContain(`consumer_handled_total{topic="${topic}",result="handled",service="order"} 270`);
        expect(text).toContain(`consumer_handled_total{topic="${topic}",result="duplicate",service="order"} 90`);
      });
    });

    test('order per key holds at any concurrency', async () => {
      await publishEach(13, 1, 40);
      for (const concurrency of [1, 2, 4, 5]) {
        await store.database.query('TRUNCATE effect, inbox');
        await startConsumer(takeEffect, { service: `${topic}-${concurrency}`, concurrency });
        await eventually(async () => expect(differencesByKey(await effects(), inOrder(13, 40))).toEqual([]));
      }
    });

    test('a handler that fails leaves nothing behind and is tried again before the next event of its key', async () => {
      let failures = 3;
      await publishEach(2, 1, 3);
      await startConsumer(async (event, tx) => {
        await takeEffect(event, tx);
        if (event.id === 'evt_k1_2' && failures-- > 0) throw new Error('a moment please');
      });
      await eventually(async () => expect(differencesByKey(await effects(), inOrder(2, 3))).toEqual([]));
      expect(await deadLetters()).toEqual([]);
    });

    test('a value that matches no schema is a dead letter at once and says where it came from', async () => {
      await events.log.append(topic, [{ key: 'k0', value: '{"specversion":"0.1"}', headers: { id: 'evt_odd' } }]);
      await publish([anEvent('k1', 1)]);
      const lines: string[] = [];
      await startConsumer(takeEffect, { logger: createLogger('test', 'error', { write: (line) => lines.push(line) }) });
      await eventually(async () => expect(await effects()).toEqual({ k1: [1] }));
      const [letter] = await eventually(async () => {
        const letters = await deadLetters();
        expect(letters).toHaveLength(1);
        return letters;
      });
      expect(letter).toMatchObject({
        topic,
        offset: 0,
        key: 'k0',
        eventId: 'evt_odd',
        consumer: `${topic}-group`,
        reason: 'invalid',
        attempts: 1,
        errorClass: 'TypeError',
        errorMessage: 'not a CloudEvent',
        value: '{"specversion":"0.1"}',
      });
      await eventually(() => expect(lines.map((line) => JSON.parse(line).message)).toEqual([deadLetterMessage]));
    });

    test('an event that this consumer does not know is skipped', async () => {
      await publish([{ ...anEvent('k0', 1), type: 'order.unknown.v1' }, anEvent('k0', 2)]);
      await startConsumer();
      await eventually(async () => expect(await effects()).toEqual({ k0: [2] }));
      expect(await deadLetters()).toEqual([]);
    });

    test('events of types that it does not act on cost neither inbox nor transaction, and none of them is a dead letter', async () => {
      const other = (event: CloudEvent) => ({ ...event, type: 'order.paid.v1' });
      await publish([anEvent('k0', 1), other(anEvent('k0', 2)), anEvent('k0', 3)]);
      await events.log.append(topic, [
        { key: 'k0', value: 'garbage', headers: { id: 'evt_odd', type: 'order.paid.v1' } },
      ]);
      await events.log.append(topic, [{ key: 'k1', value: JSON.stringify(other(anEvent('k1', 1))) }]);
      const metrics = createMetrics('order');
      const consumer = await startConsumer(takeEffect, {
        metrics,
        handlers: { [topic]: { [anEvent('k0', 1).type]: takeEffect } },
      });
      expect(consumer.handles).toEqual({ [topic]: [anEvent('k0', 1).type] });
      await eventually(async () => {
        const { text } = await metrics.page();
        expect(text).toContain(`consumer_handled_total{topic="${topic}",result="ignored",service="order"} 3`);
        expect(text).toContain(`consumer_handled_total{topic="${topic}",result="handled",service="order"} 2`);
      });
      expect(await effects()).toEqual({ k0: [1, 3] });
      const { rows } = await store.database.query<{ event_id: string }>('SELECT event_id FROM inbox ORDER BY event_id');
      expect(rows.map(({ event_id }) => event_id)).toEqual([anEvent('k0', 1).id, anEvent('k0', 3).id]);
      expect(await deadLetters()).toEqual([]);
    });

    test('a poisonous event holds back its key alone, and after the repair a replay finishes it in order, once', async () => {
      let isRepaired = false;
      const handle = async (event: CloudEvent, tx: Sql) => {
        if (event.id === 'evt_k3_2' && !isRepaired) throw new RangeError('cannot divide by nothing');
        await takeEffect(event, tx);
      };
      await publishEach(200, 1, 2);
      await startConsumer(handle);
      await eventually(async () =>
        expect(differencesByKey(await effects(), { ...inOrder(200, 2), k3: [1] })).toEqual([]),
      );
      await publishEach(4, 3, 4);
      const late = { k0: [1, 2, 3, 4], k1: [1, 2, 3, 4], k2: [1, 2, 3, 4] };
      await eventually(async () =>
        expect(differencesByKey(await effects(), { ...inOrder(200, 2), ...late, k3: [1] })).toEqual([]),
      );
      const letters = await eventually(async () => {
        const found = await deadLetters();
        expect(found.map(({ eventId, reason }) => [eventId, reason])).toEqual([
          ['evt_k3_2', 'failed'],
          ['evt_k3_3', 'behind'],
          ['evt_k3_4', 'behind'],
        ]);
        return found;
      });
      expect(letters[0]).toMatchObject({
        attempts: 5,
        errorClass: 'RangeError',
        traceparent: anEvent('k3', 2).traceparent,
      });
      expect(letters[0]?.firstFailure.getTime()).toBeLessThanOrEqual(letters[0]?.lastFailure.getTime() ?? 0);

      isRepaired = true;
      await replayDeadLetters(events.log, letters);
      await eventually(async () => expect((await effects())['k3']).toEqual([1, 2, 3, 4]));
      await replayDeadLetters(events.log, letters);
      await publish([anEvent('k3', 5)]);
      await eventually(async () => expect((await effects())['k3']).toEqual([1, 2, 3, 4, 5]));
      expect(await deadLetters()).toHaveLength(3);
      expect((await store.database.query('SELECT FROM parked_events')).rowCount).toBe(0);
    });

    test('a database that goes away under load delays events and makes no dead letter', async () => {
      const own = await testDatabase();
      await own.database.query(
        'CREATE TABLE effect (place bigint GENERATED ALWAYS AS IDENTITY, key text, sequence int)',
      );
      const consumer = await startConsumer(takeEffect, { database: own.database });
      for (let round = 0; round < 3; round++) {
        const allow = await own.refuseConnections();
        await publishEach(20, 10 * round + 1, 10 * round + 10);
        await eventually(() => expect(consumer.isPaused()).toBe(true));
        await allow();
        await eventually(() => expect(consumer.isPaused()).toBe(false));
      }
      await eventually(async () => {
        const { rows } = await own.database.query<{ count: number }>('SELECT count(*)::int AS count FROM effect');
        expect(rows).toEqual([{ count: 600 }]);
      });
      const { rows } = await own.database.query(
        'SELECT key, array_agg(sequence ORDER BY place) = array_agg(sequence ORDER BY sequence) AS sorted FROM effect GROUP BY key',
      );
      expect(rows.every(({ sorted }) => sorted)).toBe(true);
      expect(await deadLetters()).toEqual([]);
      await consumer.stop();
      await own.drop();
    });

    test('a callee that is down pauses the consumer for as long as it takes', async () => {
      let isUp = false;
      let asked = 0;
      const consumer = await startConsumer(async (event, tx) => {
        asked++;
        if (!isUp) throw new Refusal('unavailable', 'payment.unavailable', 'the payment service does not answer');
        await takeEffect(event, tx);
      });
      await publishEach(1, 1, 2);
      await eventually(() => expect(consumer.isPaused()).toBe(true));
      // More than the tries after which a failing handler is given up.
      await eventually(() => expect(asked).toBeGreaterThan(6));
      isUp = true;
      await eventually(async () => expect(differencesByKey(await effects(), inOrder(1, 2))).toEqual([]));
      await eventually(() => expect(consumer.isPaused()).toBe(false));
      expect(await deadLetters()).toEqual([]);
    });

    test('a log that cannot take the dead letter keeps the event waiting instead of losing it', async () => {
      const broken = { isDown: true };
      const log = {
        ...events.log,
        append: async (to: string, records: Parameters<typeof events.log.append>[1]) => {
          if (broken.isDown) throw new Refusal('unavailable', 'log.unavailable', 'down');
          await events.log.append(to, records);
        },
      };
      await publish([anEvent('k0', 1)]);
      const consumer = await startConsumer(
        async () => {
          throw new Error('never');
        },
        { log },
      );
      await eventually(() => expect(consumer.isPaused()).toBe(true));
      expect(await deadLetters()).toEqual([]);
      broken.isDown = false;
      await eventually(async () => expect(await deadLetters()).toHaveLength(1));
    });

    test('members that join and leave under load let no event take effect twice', async () => {
      const group = `${topic}-group`;
      await startConsumer();
      for (let round = 0; round < 4; round++) {
        const guest = await startConsumer();
        await publishEach(15, 5 * round + 1, 5 * round + 5);
        await eventually(async () =>
          expect((await events.log.members(group)).every(({ partitions }) => partitions.length === 2)).toBe(true),
        );
        await guest.stop();
      }
      await eventually(async () => expect(differencesByKey(await effects(), inOrder(15, 20))).toEqual([]));
    });
  });
