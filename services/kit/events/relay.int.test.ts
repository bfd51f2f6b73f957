import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { systemClock } from '../system-clock.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { startChild } from '../testing/child-process.ts';
import { eventually } from '../testing/condition.ts';
import { anEvent } from '../testing/event-logs/log-fixtures.ts';
import { readTopic } from '../testing/event-logs/read-topic.ts';
import { differencesByKey } from '../testing/list-differences.ts';
import { emptyDatabase, type TestDatabase, testDatabase } from '../testing/postgres.ts';
import type { CloudEvent } from './cloud-event.ts';
import { createEmbeddedLog } from './embedded/embedded-log.ts';
import { type EventLog, type NewRecord, RecordRefused } from './event-log.ts';
import { addToOutbox } from './outbox.ts';
import { createRelay, type Relay, type RelayOptions } from './relay.ts';

const logger = createLogger('test', 'silent');
const relayProcess = new URL('../testing/processes/relay-process.ts', import.meta.url);
const topic = 'order-events';

let store: TestDatabase;
let logStore: TestDatabase;
let log: EventLog;
const relays: Relay[] = [];

beforeEach(async () => {
  [store, logStore] = await Promise.all([testDatabase(), emptyDatabase()]);
  log = createEmbeddedLog({ database: logStore.database, logger });
  await log.createTopics({ [topic]: { partitions: 3, retentionDays: 1 } });
});
afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.stop()));
  await log.close();
  await Promise.all([store.drop(), logStore.drop()]);
});

const startRelay = async (options: Partial<RelayOptions> = {}) => {
  const relay = createRelay({
    database: store.database,
    log,
    clock: systemClock,
    logger,
    owner: 'order',
    leaseMs: 1_000,
    ...options,
  });
  relays.push(relay);
  await relay.start();
  return relay;
};

const publish = (events: CloudEvent[]) => store.database.transaction((tx) => addToOutbox(tx, topic, events));
const published = () => readTopic(log, topic);
const unpublished = async () => (await store.database.query('SELECT FROM outbox WHERE published_at IS NULL')).rowCount;

/** Per key, the sequences in the order of their first appearance. */
const sequences = async () => {
  const byKey = Map.groupBy(await published(), ({ key }) => key);
  return Object.fromEntries(
    [...byKey].map(([key, list]) => [
      key,
      [...new Set(list.map(({ value }) => (JSON.parse(value) as CloudEvent).sequence))],
    ]),
  );
};
const upTo = (count: number) => Array.from({ length: count }, (_, at) => at + 1);

test('a committed event reaches the log as it was written, keyed by its subject, with its id in the headers', async () => {
  await startRelay();
  const event = anEvent('ord_1', 1, { text: 'größe' });
  await publish([event]);
  await eventually(async () => expect(await unpublished()).toBe(0));
  const [record] = await published();
  expect(JSON.parse(record?.value ?? '')).toEqual(event);
  expect(record).toMatchObject({
    key: 'ord_1',
    headers: { id: 'evt_ord_1_1', type: 'order.placed.v1', traceparent: event.traceparent },
  });
});

test('order per aggregate holds over many batches, and a sleeping relay is woken by a commit', async () => {
  await startRelay();
  await eventually(async () => {
    const { rows } = await store.database.query('SELECT is_asleep, holder FROM relay_lease');
    expect(rows).toEqual([{ is_asleep: true, holder: `order:${process.pid}` }]);
  });
  for (let at = 1; at <= 200; at++)
    await publish(['a', 'b', 'c'].flatMap((subject) => [anEvent(subject, 2 * at - 1), anEvent(subject, 2 * at)]));
  await eventually(async () => expect(await unpublished()).toBe(0));
  expect(differencesByKey(await sequences(), { a: upTo(400), b: upTo(400), c: upTo(400) })).toEqual([]);
  expect((await published()).length).toBe(1_200);
});

test('a log that is down keeps events in the outbox and loses none', async () => {
  const allow = await logStore.refuseConnections();
  await startRelay();
  await publish([anEvent('a', 1)]);
  await publish([anEvent('a', 2)]);
  const metrics = createMetrics('order');
  createRelay({ database: store.database, log, clock: systemClock, logger, metrics, owner: 'order' });
  await eventually(async () => expect((await metrics.page()).text).toMatch(/outbox_unpublished\{service="order"\} 2/));
  expect((await metrics.page()).text).toMatch(
    /outbox_oldest_age_seconds\{service="order"\} 0\.\d*[1-9]|outbox_oldest_age_seconds\{service="order"\} [1-9]/,
  );
  await allow();
  await eventually(async () => expect(await unpublished()).toBe(0));
  expect(await sequences()).toEqual({ a: [1, 2] });
});

test('an event that the log refuses holds back its own aggregate and nobody else', async () => {
  let isMended = false;
  const picky = {
    append: async (to: string, records: readonly NewRecord[]) => {
      if (!isMended && records.some(({ headers }) => headers?.['id'] === 'evt_a_2')) throw new RecordRefused('too odd');
      await log.append(to, records);
    },
  };
  const clock = { now: () => new Date(isMended ? Date.now() + 60_000 : Date.now()) };
  await startRelay({ log: picky, clock });
  await publish([anEvent('a', 1), anEvent('b', 1), anEvent('a', 2), anEvent('a', 3), anEvent('b', 2)]);
  await publish([anEvent('a', 4), anEvent('c', 1)]);
  await eventually(async () => expect(await sequences()).toEqual({ a: [1], b: [1, 2], c: [1] }));
  await eventually(async () => expect(await unpublished()).toBe(3));
  isMended = true;
  await eventually(async () => expect(await sequences()).toEqual({ a: [1, 2, 3, 4], b: [1, 2], c: [1] }));
});

test('a second relay waits, and takes over at once when the first one stops', async () => {
  const first = await startRelay({ owner: 'first' });
  await eventually(async () =>
    expect((await store.database.query('SELECT holder FROM relay_lease')).rows).toEqual([
      { holder: `first:${process.pid}` },
    ]),
  );
  await startRelay({ owner: 'second' });
  await first.stop();
  await publish([anEvent('a', 1)]);
  await eventually(async () => expect(await sequences()).toEqual({ a: [1] }));
  expect((await store.database.query('SELECT holder, epoch FROM relay_lease')).rows).toEqual([
    { holder: `second:${process.pid}`, epoch: '2' },
  ]);
});

test('a relay that is frozen past its lease, or killed, neither loses nor reorders an event', async () => {
  let written = 0;
  /** Writes so many more events of each aggregate: as many on a fast machine as on a slow one. */
  const write = async (count: number) => {
    for (const last = written + count; written < last; ) {
      written += 1;
      await publish(['a', 'b', 'c', 'd'].map((subject) => anEvent(subject, written)));
    }
  };
  const start = () => startChild(relayProcess, [store.url, logStore.url, '1000']);
  const holders = async () =>
    (await store.database.query<{ holder: string | null; epoch: string }>('SELECT holder, epoch FROM relay_lease'))
      .rows[0];
  const children = [start(), start()];
  const holderChild = async () => {
    const { holder } = await eventually(async () => {
      const lease = await holders();
      expect(lease?.holder).toBeTruthy();
      return lease as { holder: string };
    });
    return children.find(({ pid }) => holder === `order:${pid}`);
  };
  try {
    for (let round = 0; round < 3; round++) {
      const frozen = await eventually(async () => {
        const child = await holderChild();
        expect(child).toBeDefined();
        return child as (typeof children)[number];
      });
      const before = Number((await holders())?.epoch);
      await write(50);
      const unseen = write(200);
      frozen.signal('SIGSTOP');
      await unseen;
      await eventually(async () => expect(Number((await holders())?.epoch)).toBeGreaterThan(before));
      const more = write(200);
      frozen.signal('SIGCONT');
      await more;
    }
    const last = await holderChild();
    const more = write(250);
    await last?.kill();
    await more;
    await eventually(async () => expect(await unpublished()).toBe(0));
    const all = upTo(written);
    expect(differencesByKey(await sequences(), { a: all, b: all, c: all, d: all })).toEqual([]);
  } finally {
    await Promise.all(children.map((child) => child.kill()));
  }
});
