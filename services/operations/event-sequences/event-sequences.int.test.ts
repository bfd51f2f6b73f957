import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type SequenceFinding,
  type SequenceRepair,
  tailAnswer,
} from '../../contracts/http/operations/event-sequences-api.ts';
import { startTables, type TablesUnderTest } from '../../kit/testing/embedded-tables.ts';
import { readTopic } from '../../kit/testing/event-logs/read-topic.ts';
import { type TestDatabase, testDatabase } from '../../kit/testing/postgres.ts';
import { anOrder, entriesOf, insertOrders, messageOf, putEntries } from '../testing/order-books.ts';
import { aService, startOperations } from '../testing/running-operations.ts';

const topic = 'order-events';
const clean = Array.from({ length: 250 }, (_, at) => anOrder((at % 4) + 1));
const gaps = Array.from({ length: 6 }, () => anOrder(4));
const unchained = anOrder(3);
const young = anOrder(2);

let orders: TestDatabase;
let tables: TablesUnderTest;
let operations: Awaited<ReturnType<typeof startOperations>>;
beforeAll(async () => {
  orders = await testDatabase(new URL('../../order/storage/migrations/', import.meta.url));
  tables = await startTables({ owns: { tables: { [topic]: { partitionKey: 'orderId', sortKey: 'sequence' } } } });
  operations = await startOperations([aService({ name: 'order', publishes: [topic, 'stock-events'] })], {
    ordersUrl: orders.url,
    tableClient: tables.client,
  });
  await operations.log.createTopics({ [topic]: { partitions: 3, retentionDays: 1 } });
  const now = { ...young, events: young.events.map((event) => ({ ...event, at: new Date() })) };
  await insertOrders(orders.database, [...clean, ...gaps, unchained, now]);
  await putEntries(
    tables.client,
    [...clean, ...gaps].flatMap(({ events }, at) => {
      // Each order with a gap lacks another event than the one before it.
      const missing = at < clean.length ? undefined : (at - clean.length) % 4;
      return entriesOf(events).filter((_, place) => place !== missing);
    }),
  );
  await putEntries(
    tables.client,
    entriesOf(unchained.events).map((entry, at) => (at === 2 ? { ...entry, chain: undefined } : entry)),
  );
});
afterAll(async () => {
  await operations?.stop();
  await Promise.all([orders?.drop(), tables?.stop()]);
});

const check = async () => {
  const findings: SequenceFinding[] = [];
  const sum = { orders: 0, underWay: 0 };
  for (let after: string | null | undefined; after !== null; ) {
    const body = { days: 1, limit: 100, ...(after !== undefined && { after }) };
    const answer = (await operations.post('/operations/event-sequences/check', body)).body;
    sum.orders += answer.checked.orders;
    sum.underWay += answer.underWay;
    findings.push(...answer.findings);
    after = answer.next;
  }
  return { ...sum, findings };
};
const repair = async (body: object) =>
  (
    await operations.post(
      '/operations/event-sequences/repair',
      { reason: 'the ledger was away', ...body },
      operations.admin,
    )
  ).body;

describe('the events of orders', () => {
  test('are found wrong where something was planted, and nowhere else; what may be on its way is left out', async () => {
    const { orders: compared, underWay, findings } = await check();
    expect([compared, underWay]).toEqual([clean.length + gaps.length + 1, 1]);
    const planted = [...gaps.map(({ id }, at) => `${id} ${(at % 4) + 1} missing`), `${unchained.id} 3 unchained`];
    const found = findings.map(({ orderId, sequence, fault }) => `${orderId} ${sequence} ${fault}`);
    expect(found.toSorted()).toEqual(planted.toSorted());
  });

  test('that are missing are published again as they were, from the topic or the outbox, and the rest is left to a person', async () => {
    const [inTopic, inOutbox, nowhere] = gaps.slice(0, 3).map(({ events }, at) => events[at]);
    if (!inTopic || !inOutbox || !nowhere) throw new Error('too few gaps were planted');
    const record = {
      key: inTopic.orderId,
      value: messageOf(inTopic),
      headers: { id: inTopic.eventId, type: inTopic.type },
    };
    // The events of these orders happened two hours ago by their books, and now by the log.
    await orders.database.query('ALTER TABLE order_events DISABLE TRIGGER order_events_are_append_only');
    await orders.database.query(`UPDATE order_events SET at = now() - interval '2 minutes' WHERE event_id = $1`, [
      inTopic.eventId,
    ]);
    await operations.log.append(topic, [record]);
    await orders.database.query(
      `INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, sequence, published_at) VALUES ($1, $2, $3, $4, $5, $6, now())`,
      [inOutbox.eventId, topic, inOutbox.orderId, inOutbox.type, messageOf(inOutbox), inOutbox.sequence],
    );
    const asked = { orders: [inTopic, inOutbox, nowhere].map(({ orderId }) => orderId) };
    const before = (await readTopic(operations.log, topic)).length;
    const outcome = ({ repairs }: { repairs: SequenceRepair[] }) =>
      Object.fromEntries(repairs.map(({ eventId, result, source }) => [eventId, [result, source]]));
    expect(outcome(await repair({ ...asked, dryRun: true }))).toEqual({
      [inTopic.eventId]: ['would-repair', 'topic'],
      [inOutbox.eventId]: ['would-repair', 'outbox'],
      [nowhere.eventId]: ['left', null],
    });
    expect((await readTopic(operations.log, topic)).length).toBe(before);

    expect(outcome(await repair(asked))).toMatchObject({
      [inTopic.eventId]: ['repaired', 'topic'],
      [inOutbox.eventId]: ['repaired', 'outbox'],
    });
    const published = (await readTopic(operations.log, topic)).filter(({ key }) => asked.orders.includes(key));
    expect(published.filter(({ key }) => key === inTopic.orderId).map(({ value }) => value)).toEqual([
      record.value,
      record.value,
    ]);
    expect(published.find(({ key }) => key === inOutbox.orderId)?.headers).toMatchObject({
      id: inOutbox.eventId,
      type: inOutbox.type,
    });
    expect(published.some(({ key }) => key === nowhere.orderId)).toBe(false);

    // The ledger takes them, and a second look finds nothing there.
    const whole = gaps.slice(0, 2).flatMap(({ events }) => entriesOf(events));
    await putEntries(tables.client, whole);
    const { findings } = await check();
    expect(findings.filter(({ orderId }) => orderId === inTopic.orderId || orderId === inOutbox.orderId)).toEqual([]);
    expect((await repair({ orders: [inTopic.orderId] })).repairs).toEqual([]);
    const { items } = await operations.get('/operations/acts');
    expect(items[0]).toMatchObject({ act: 'events.repair', outcome: 'done', reason: 'the ledger was away' });
  });

  test('that were never joined to the one before are handed to the ledger again', async () => {
    expect((await repair({ orders: [unchained.id] })).repairs).toMatchObject([
      { fault: 'unchained', result: 'repaired', source: 'ledger' },
    ]);
  });

  test('are repaired by administrators alone', async () => {
    const answer = await operations.post('/operations/event-sequences/repair', { orders: [unchained.id], reason: 'x' });
    expect(answer.body).toMatchObject({ status: 403, code: 'caller.not-admin' });
  });
});

describe('the newest events of a topic', () => {
  const tail = async (query: string) =>
    tailAnswer.parse(await operations.get(`/operations/events?topic=stock-events${query}`));

  test('are shown in the order of their time, by type and key, and go on behind a page without a gap', async () => {
    await operations.log.createTopics({ 'stock-events': { partitions: 3, retentionDays: 1 } });
    const publish = (from: number, to: number) =>
      operations.log.append(
        'stock-events',
        Array.from({ length: to - from }, (_, at) => ({
          key: `k${(from + at) % 5}`,
          value: JSON.stringify({
            id: `evt_${from + at}`,
            type: (from + at) % 2 ? 'a.odd.v1' : 'a.even.v1',
            sequence: 1,
          }),
        })),
      );
    await publish(0, 30);
    const first = await tail('&limit=200');
    expect(first.events.map(({ eventId }) => eventId).toSorted()).toEqual(
      Array.from({ length: 30 }, (_, at) => `evt_${at}`).toSorted(),
    );
    expect((await tail('&type=a.odd.v1&key=k1&limit=200')).events.map(({ eventId }) => eventId).toSorted()).toEqual(
      ['evt_1', 'evt_11', 'evt_21'].toSorted(),
    );
    await publish(30, 60);
    const seen: (string | null)[] = [];
    for (let next = first.next; seen.length < 30; ) {
      const page = await tail(`&limit=7&after=${next}`);
      seen.push(...page.events.map(({ eventId }) => eventId));
      next = page.next;
    }
    expect(seen.toSorted()).toEqual(Array.from({ length: 30 }, (_, at) => `evt_${at + 30}`).toSorted());
    expect((await tail('&since=2020-01-01T00:00:00.000Z&limit=200')).events).toHaveLength(60);
  });

  test.each(['topic=no-such-topic', 'topic=order-events&after=x', 'topic=order-events&limit=0'])(
    'are refused of %s',
    async (query) => {
      expect((await operations.get(`/operations/events?${query}`)).status).toBeGreaterThanOrEqual(400);
    },
  );
});
