/** What happens to events when consumers, relays and brokers die: on a real Kafka, with a real PostgreSQL. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { systemClock } from '../../system-clock.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { type Child, startChild } from '../../testing/child-process.ts';
import { eventually } from '../../testing/condition.ts';
import { type KafkaBroker, startKafkaBroker } from '../../testing/event-logs/kafka-broker.ts';
import { anEvent } from '../../testing/event-logs/log-fixtures.ts';
import { differencesByKey, listDifferences } from '../../testing/list-differences.ts';
import { type TestDatabase, testDatabase } from '../../testing/postgres.ts';
import type { CloudEvent } from '../cloud-event.ts';
import { createConsumer } from '../consumer.ts';
import { type EventLog, type LogRecord, type Subscription, UnknownTopic } from '../event-log.ts';
import { addToOutbox } from '../outbox.ts';
import { createRelay, type Relay } from '../relay.ts';
import { createKafkaLog } from './kafka-log.ts';

const logger = createLogger('test', 'silent');
const consumerProcess = new URL('../../testing/processes/consumer-process.ts', import.meta.url);

let broker: KafkaBroker;
let log: EventLog;
let store: TestDatabase;
let topic: string;
let topicNumber = 0;
const children: Child[] = [];
const subscriptions: Subscription[] = [];
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  broker = await startKafkaBroker();
  log = createKafkaLog({ url: broker.url, logger });
});
afterAll(async () => {
  await log.close();
  await broker.drop();
});
beforeEach(async () => {
  store = await testDatabase();
  await store.database.query('CREATE TABLE effect (place bigint GENERATED ALWAYS AS IDENTITY, key text, sequence int)');
  topic = `faults-${topicNumber++}-events`;
  await log.createTopics({ [topic]: { partitions: 4, retentionDays: 1 } });
});
afterEach(async () => {
  await Promise.all(subscriptions.splice(0).map((subscription) => subscription.close()));
  for (const stop of stops.splice(0)) await stop();
  await Promise.all(children.splice(0).map((child) => child.kill()));
  await store.drop();
});

const upTo = (count: number) => Array.from({ length: count }, (_, at) => at + 1);
const publish = (keys: number, from: number, to: number) =>
  log.append(
    topic,
    upTo(to - from + 1).flatMap((at) =>
      upTo(keys).map((key) => {
        const event = anEvent(`k${key}`, from + at - 1);
        return { key: event.subject, value: JSON.stringify(event), headers: { id: event.id } };
      }),
    ),
  );
const count = async () =>
  Number((await store.database.query<{ n: string }>('SELECT count(*) AS n FROM effect')).rows[0]?.n);
/** Per key, the sequences in the order in which they took effect. */
const effects = async () => {
  const { rows } = await store.database.query<{ key: string; sequences: number[] }>(
    'SELECT key, array_agg(sequence ORDER BY place) AS sequences FROM effect GROUP BY key',
  );
  return Object.fromEntries(rows.map(({ key, sequences }) => [key, sequences]));
};
const inOrder = (keys: number, last: number) => Object.fromEntries(upTo(keys).map((key) => [`k${key}`, upTo(last)]));

test('consumers that are killed in the middle of a batch lose no event, and none takes effect twice or too early', async () => {
  const group = `${topic}-group`;
  const start = () => {
    const child = startChild(consumerProcess, [store.url, broker.url, group, topic]);
    children.push(child);
    return child;
  };
  const running = [start(), start()];
  for (let round = 0; round < 4; round++) {
    const before = await count();
    await publish(20, 1 + 50 * round, 50 + 50 * round);
    await eventually(async () => expect(await count()).toBeGreaterThan(before));
    if (round === 3) break;
    await running.shift()?.kill();
    running.push(start());
  }
  await eventually(async () => expect(await count()).toBeGreaterThanOrEqual(4_000));
  expect(differencesByKey(await effects(), inOrder(20, 200))).toEqual([]);
  expect(await log.offsets(`${topic}.dead`)).toEqual([{ topic: `${topic}.dead`, partition: 0, earliest: 0, end: 0 }]);
  await eventually(async () => {
    const lags = await log.lag(group);
    expect(lags.reduce((sum, { records }) => sum + records, 0)).toBe(0);
  });
});

test('events that come twice or after their successors take effect once each', async () => {
  await publish(10, 1, 10);
  await publish(10, 6, 10);
  await publish(10, 1, 10);
  const consumer = createConsumer({
    ...{ service: `${topic}-group`, database: store.database, log, logger, clock: systemClock },
    parse: (value) => JSON.parse(value) as CloudEvent,
    handlers: {
      [topic]: async (event, tx) => {
        await tx.query('INSERT INTO effect (key, sequence) VALUES ($1, $2)', [event.subject, event.sequence]);
      },
    },
  });
  stops.push(() => consumer.stop());
  await consumer.start();
  await publish(10, 11, 12);
  await eventually(async () => expect(differencesByKey(await effects(), inOrder(10, 12))).toEqual([]));
});

test('a broker that dies and comes back under load loses nothing that was committed to an outbox', async () => {
  const seen: LogRecord[] = [];
  const handle = async (records: readonly LogRecord[]) => {
    seen.push(...records);
  };
  subscriptions.push(await log.subscribe({ group: `${topic}-group`, topics: [topic], handle }));
  const relay: Relay = createRelay({ database: store.database, log, clock: systemClock, logger, owner: 'order' });
  stops.push(() => relay.stop());
  await relay.start();

  let written = 0;
  const order = async (events: number) => {
    for (const last = written + events; written < last; ) {
      written += 1;
      const ofAll = ['a', 'b', 'c', 'd', 'e'].map((subject) => anEvent(subject, written));
      await store.database.transaction((tx) => addToOutbox(tx, topic, ofAll));
    }
  };
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    const before = seen.length;
    await order(20);
    await eventually(() => expect(seen.length).toBeGreaterThan(before + 10));
    await Promise.all([order(60), broker.stop(signal)]);
    // Orders are accepted while the log is away.
    await order(20);
    await expect(log.check()).rejects.toMatchObject({ kind: 'unavailable' });
    await Promise.all([order(60), broker.start()]);
  }
  const first = () => {
    const sequences: Record<string, number[]> = {};
    for (const [key, ofKey] of Map.groupBy(seen, (record) => record.key))
      sequences[key] = [...new Set(ofKey.map(({ value }) => (JSON.parse(value) as CloudEvent).sequence))];
    return sequences;
  };
  const all = upTo(written);
  await eventually(() => expect(new Set(seen.map(({ value }) => value)).size).toBe(5 * written));
  expect(differencesByKey(first(), { a: all, b: all, c: all, d: all, e: all })).toEqual([]);
  await log.check();
});

test('members that come and go in good order hand every record to one of them only', async () => {
  const group = `${topic}-group`;
  const seen: string[] = [];
  const handle = async (records: readonly LogRecord[]) => {
    seen.push(...records.map(({ key, value }) => `${key}:${(JSON.parse(value) as CloudEvent).sequence}`));
  };
  const join = () => log.subscribe({ group, topics: [topic], handle, maxRecords: 10 });
  subscriptions.push(await join());
  for (let round = 0; round < 4; round++) {
    const guest = await join();
    await publish(15, 20 * round + 1, 20 * round + 20);
    await eventually(() => expect(guest.assignments().length).toBeGreaterThan(0));
    await guest.close();
  }
  const expected = upTo(15).flatMap((key) => upTo(80).map((sequence) => `k${key}:${sequence}`));
  await eventually(() => expect(new Set(seen).size).toBe(expected.length));
  expect(listDifferences(seen.toSorted(), expected.toSorted())).toEqual([]);
});

test('a topic that grows while its group works is taken up whole', async () => {
  const seen: string[] = [];
  const handle = async (records: readonly LogRecord[]) => {
    seen.push(...records.map(({ value }) => value));
  };
  const subscription = await log.subscribe({ group: `${topic}-group`, topics: [topic], handle });
  subscriptions.push(subscription);
  await eventually(() => expect(subscription.assignments()).toHaveLength(4));
  await log.createTopics({ [topic]: { partitions: 7, retentionDays: 1 } });
  await eventually(() => expect(subscription.assignments()).toHaveLength(7));
  await publish(50, 1, 2);
  await eventually(() => expect(seen.length).toBe(100));
});

test('where IAM rules, topics belong to the infrastructure: a missing one is named and not created', async () => {
  const guarded = createKafkaLog({ url: `${broker.url}?auth=iam`, logger, security: {} });
  stops.push(() => guarded.close());
  await guarded.createTopics({ [topic]: { partitions: 4, retentionDays: 1 } });
  await expect(guarded.createTopics({ 'undeployed-events': { partitions: 1, retentionDays: 1 } })).rejects.toThrow(
    UnknownTopic,
  );
  expect(await log.topics()).not.toContain('undeployed-events');
});

test('brokers that are not there are "unavailable" within the deadline, and stop nobody from starting', async () => {
  const away = createKafkaLog({ url: 'kafka://127.0.0.1:9', logger });
  stops.push(() => away.close());
  await expect(away.check()).rejects.toMatchObject({ kind: 'unavailable', code: 'events.unavailable' });
  const subscription = await away.subscribe({ group: 'g', topics: ['t-events'], handle: async () => undefined });
  expect(subscription.assignments()).toEqual([]);
  await expect(away.append('t-events', [{ key: 'a', value: '1' }])).rejects.toMatchObject({ kind: 'unavailable' });
  await subscription.close();
});
