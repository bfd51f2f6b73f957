import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createEmbeddedLog } from '../../services/kit/events/embedded/embedded-log.ts';
import type { EventLog } from '../../services/kit/events/event-log.ts';
import { addToOutbox } from '../../services/kit/events/outbox.ts';
import { createRelay, type Relay } from '../../services/kit/events/relay.ts';
import { systemClock } from '../../services/kit/system-clock.ts';
import { createLogger } from '../../services/kit/telemetry/logger.ts';
import { eventually } from '../../services/kit/testing/condition.ts';
import { anEvent } from '../../services/kit/testing/event-logs/log-fixtures.ts';
import { readTopic } from '../../services/kit/testing/event-logs/read-topic.ts';
import { emptyDatabase, type TestDatabase, testDatabase } from '../../services/kit/testing/postgres.ts';
import { holdRelay, publishAgain } from './publish-again.ts';

const logger = createLogger('test', 'silent');
const topic = 'order-events';

let store: TestDatabase;
let lost: TestDatabase;
let anew: TestDatabase;
const logs: EventLog[] = [];
const relays: Relay[] = [];

beforeEach(async () => {
  [store, lost, anew] = await Promise.all([testDatabase(), emptyDatabase(), emptyDatabase()]);
});
afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.stop()));
  await Promise.all(logs.splice(0).map((log) => log.close()));
  await Promise.all([store.drop(), lost.drop(), anew.drop()]);
});

const openLog = async ({ database }: TestDatabase): Promise<EventLog> => {
  const log = createEmbeddedLog({ database, logger });
  logs.push(log);
  await log.createTopics({ [topic]: { partitions: 3, retentionDays: 1 } });
  return log;
};
const startRelay = async (log: EventLog) => {
  const relay = createRelay({
    database: store.database,
    log,
    clock: systemClock,
    logger,
    owner: 'order',
    leaseMs: 500,
  });
  relays.push(relay);
  await relay.start();
};
const write = (subject: string, sequence: number) =>
  store.database.transaction((tx) => addToOutbox(tx, topic, [anEvent(subject, sequence)]));
const unpublished = async () => (await store.database.query('SELECT FROM outbox WHERE published_at IS NULL')).rowCount;
test('a lost log is told everything again in its order, and what came meanwhile behind it', async () => {
  await startRelay(await openLog(lost));
  for (const sequence of [1, 2, 3]) for (const subject of ['a', 'b']) await write(subject, sequence);
  await eventually(async () => expect(await unpublished()).toBe(0));

  await holdRelay(store.database);
  await Promise.all(relays.splice(0).map((relay) => relay.stop()));
  await write('a', 4);
  const log = await openLog(anew);
  await startRelay(log);
  // Longer than any lease of a relay: whoever could publish would have.
  const { rows } = await store.database.query<{ holder: string }>('SELECT holder, pg_sleep(1) FROM relay_lease');
  expect(rows[0]?.holder).toBe('operator');
  expect([await unpublished(), await readTopic(log, topic)]).toEqual([1, []]);

  expect(await publishAgain(store.database)).toBe(6);
  await eventually(async () => expect(await unpublished()).toBe(0));
  const bySubject = Map.groupBy(await readTopic(log, topic), ({ key }) => key);
  const idsOf = (subject: string) => bySubject.get(subject)?.map(({ headers }) => headers['id']);
  expect([idsOf('a'), idsOf('b')]).toEqual([
    ['evt_a_1', 'evt_a_2', 'evt_a_3', 'evt_a_4'],
    ['evt_b_1', 'evt_b_2', 'evt_b_3'],
  ]);
});

test('a relay that comes back from the time of the lost log marks nothing as published while the outbox is held', async () => {
  const log = await openLog(lost);
  await write('a', 1);
  const appended = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  // The log takes the event, and its answer comes when the outbox is held already.
  await startRelay({
    ...log,
    append: async (...parts) => {
      await log.append(...parts);
      appended.resolve();
      await answer.promise;
    },
  });
  await appended.promise;
  await holdRelay(store.database);
  answer.resolve();
  await Promise.all(relays.splice(0).map((relay) => relay.stop()));
  expect(await unpublished()).toBe(1);
});
