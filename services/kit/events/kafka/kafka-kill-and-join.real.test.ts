/**
 * 12,000 messages while members of a group join and are killed, the table by which the Kafka client was chosen: none may be lost, none
 * may take effect twice, and a member that only joins may make nobody handle a message again (others handled up to half of them twice).
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createLogger } from '../../telemetry/logger.ts';
import { type Child, startChild } from '../../testing/child-process.ts';
import { eventually } from '../../testing/condition.ts';
import { type KafkaBroker, startKafkaBroker } from '../../testing/event-logs/kafka-broker.ts';
import { anEvent } from '../../testing/event-logs/log-fixtures.ts';
import { type TestDatabase, testDatabase } from '../../testing/postgres.ts';
import type { Delivery, EventLog, LogRecord, Subscription } from '../event-log.ts';
import { createKafkaLog } from './kafka-log.ts';

const messages = 12_000;
const keys = 100;
const logger = createLogger('test', 'silent');
const consumerProcess = new URL('../../testing/processes/consumer-process.ts', import.meta.url);

let broker: KafkaBroker;
let log: EventLog;
let store: TestDatabase;
let topic: string;
let topicNumber = 0;
const children: Child[] = [];
const subscriptions: Subscription[] = [];

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
  topic = `table-${topicNumber++}-events`;
  await log.createTopics({ [topic]: { partitions: 6, retentionDays: 1 } });
});
afterEach(async () => {
  await Promise.all(subscriptions.splice(0).map((subscription) => subscription.close()));
  await Promise.all(children.splice(0).map((child) => child.kill()));
  await store.drop();
});

/** A part of all messages, in the order of their sequences. */
const publish = async (part: number, of: number) => {
  const perKey = messages / keys / of;
  const records = Array.from({ length: perKey * keys }, (_, at) => {
    const event = anEvent(`k${at % keys}`, part * perKey + Math.floor(at / keys) + 1);
    return { key: event.subject, value: JSON.stringify(event), headers: { id: event.id } };
  });
  for (let from = 0; from < records.length; from += 1_000) await log.append(topic, records.slice(from, from + 1_000));
};

test('a member that joins under load makes nobody handle a message twice', async () => {
  const seen: string[] = [];
  const handle = async (records: readonly LogRecord[], delivery: Delivery) => {
    for (const record of records) if (delivery.owns(record)) seen.push(`${record.partition}/${record.offset}`);
  };
  const join = async () => {
    subscriptions.push(await log.subscribe({ group: `${topic}-group`, topics: [topic], handle, maxRecords: 50 }));
  };
  await join();
  await publish(0, 3);
  await eventually(() => expect(seen.length).toBeGreaterThan(0));
  await Promise.all([join(), publish(1, 3)]);
  await Promise.all([join(), publish(2, 3)]);
  await eventually(() => expect(new Set(seen).size).toBe(messages));
  await eventually(() => expect(subscriptions.every((member) => member.assignments().length === 2)).toBe(true));
  expect(seen).toHaveLength(messages);
});

test('two members that are killed and one that joins lose nothing, and nothing takes effect twice or out of order', async () => {
  const start = () => {
    const child = startChild(consumerProcess, [store.url, broker.url, `${topic}-group`, topic]);
    children.push(child);
    return child;
  };
  const count = async () =>
    Number((await store.database.query<{ n: string }>('SELECT count(*) AS n FROM effect')).rows[0]?.n);
  const running = [start(), start()];
  for (let part = 0; part < 3; part++) {
    const before = await count();
    await publish(part, 3);
    await eventually(async () => expect(await count()).toBeGreaterThan(before));
    if (part < 2) await running.shift()?.kill();
    running.push(start());
  }
  await eventually(async () => expect(await count()).toBeGreaterThanOrEqual(messages));
  const { rows } = await store.database.query<{ key: string; total: number; kinds: number; misplaced: number }>(
    `SELECT key, count(*)::int AS total, count(DISTINCT sequence)::int AS kinds,
       count(*) FILTER (WHERE sequence <> nth)::int AS misplaced
     FROM (SELECT key, sequence, row_number() OVER (PARTITION BY key ORDER BY place) AS nth FROM effect) AS placed
     GROUP BY key`,
  );
  expect(rows).toHaveLength(keys);
  const perKey = messages / keys;
  expect(rows.filter(({ total, kinds, misplaced }) => total !== perKey || kinds !== perKey || misplaced > 0)).toEqual(
    [],
  );
  await eventually(async () => {
    const lags = await log.lag(`${topic}-group`);
    expect(lags.reduce((sum, { records }) => sum + records, 0)).toBe(0);
  });
});
