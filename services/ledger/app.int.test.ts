import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { checkEntries, type LedgerEntry, ledgerSortKey } from '../contracts/ledger/ledger-entry.ts';
import { anEvent, anOrder, type SampleType } from '../contracts/testing/order-events.ts';
import type { IncomingEvent } from '../kit/functions/read-records.ts';
import { createLogger } from '../kit/telemetry/logger.ts';
import { startTables, type TablesUnderTest } from '../kit/testing/embedded-tables.ts';
import { fakeClock } from '../kit/testing/fake-clock.ts';
import { allWell, msk } from '../kit/testing/incoming-events.ts';
import { freePort } from '../kit/testing/loopback.ts';
import { ledgerApp } from './app.ts';
import { manifest } from './manifest.ts';

let tables: TablesUnderTest;
let record: (event: IncomingEvent) => Promise<unknown>;

const appWith = (client: TablesUnderTest['client']) =>
  ledgerApp({
    config: { tables: { 'order-events': 'order-events' } },
    logger: createLogger('ledger', 'silent'),
    clock: fakeClock(),
    client,
  });

beforeEach(async () => {
  tables = await startTables(manifest);
  record = appWith(tables.client);
});
afterEach(() => tables?.stop());

const all = async () => {
  const scan = new ScanCommand({ TableName: 'order-events', ConsistentRead: true });
  const { Items = [] } = await DynamoDBDocumentClient.from(tables.client).send(scan);
  return Items as (LedgerEntry & { reason?: string; text?: string })[];
};
const entriesOf = async (orderId: string) =>
  (await all()).filter((entry) => entry.orderId === orderId).toSorted((a, b) => (a.sequence < b.sequence ? -1 : 1));
const asideOf = async (part: string) => (await all()).filter(({ reason, orderId }) => reason && orderId.includes(part));

let orders = 500;
const types: readonly SampleType[] = ['order.placed.v1', 'order.paid.v1', 'order.shipped.v1', 'order.delivered.v1'];
/** The texts of an order's first events, in order. */
const history = (count = types.length) => {
  const order = anOrder(++orders);
  const events = types
    .slice(0, count)
    .map((type, index) => JSON.stringify({ ...anEvent(type, order), sequence: index + 1 }));
  return { orderId: order.id, events };
};
const batch = (orderId: string, events: readonly (string | undefined)[]) => msk(events.map((text) => [orderId, text]));

describe('the ledger', () => {
  test('keeps every event of an order once, as it was published, however often it is handed over', async () => {
    const { orderId, events } = history();
    for (let time = 0; time < 3; time++) expect(await record(batch(orderId, events))).toEqual(allWell);
    const entries = await entriesOf(orderId);
    expect(entries.map(({ event }) => event)).toEqual(events);
    expect(checkEntries(entries)).toEqual([]);
  });

  test('keeps types and fields that are newer than itself', async () => {
    const { orderId, events } = history(1);
    const newer = JSON.stringify({
      ...JSON.parse(events[0] as string),
      type: 'order.gift-wrapped.v9',
      wrapping: 'red',
    });
    expect(await record(batch(orderId, [newer]))).toEqual(allWell);
    expect(await entriesOf(orderId)).toMatchObject([{ type: 'order.gift-wrapped.v9', event: newer }]);
  });

  test('chains events that came in the wrong order as soon as the missing one is there', async () => {
    const { orderId, events } = history();
    const [first, second, third, fourth] = events;
    await record(batch(orderId, [first, third, fourth]));
    expect(checkEntries(await entriesOf(orderId)).map(({ fault, sequence }) => [fault, sequence])).toEqual([
      ['missing', 2],
      ['unchained', 3],
      ['unchained', 4],
    ]);
    await record(batch(orderId, [second]));
    expect(checkEntries(await entriesOf(orderId))).toEqual([]);
  });

  describe('asks the table', () => {
    /** Names of what it asks from now on. */
    const listen = (answer: (command: string) => void = () => undefined): string[] => {
      const asked: string[] = [];
      tables.client.middlewareStack.add(
        (next, { commandName }) =>
          async (given) => {
            asked.push(String(commandName));
            answer(String(commandName));
            return next(given);
          },
        { step: 'initialize', name: 'listen', override: true },
      );
      return asked;
    };

    test('once an event, and once a batch for what may stand behind, which is not more when events come one by one', async () => {
      const asked = listen();
      const histories = [history(3), history(3), history(2)];
      await record(msk(histories.flatMap(({ orderId, events }) => events.map((text) => [orderId, text] as const))));
      expect(asked.splice(0).toSorted()).toEqual(['BatchGetItemCommand', ...Array(8).fill('PutItemCommand')]);
      const apart = history(3);
      for (const event of apart.events) await record(batch(apart.orderId, [event]));
      expect(asked).toHaveLength(6);
      for (const { orderId } of [...histories, apart]) expect(checkEntries(await entriesOf(orderId))).toEqual([]);
    });

    test('again, by another process, where one died between the write and the look at what stands behind', async () => {
      const { orderId, events } = history();
      await record(batch(orderId, events.slice(1)));
      listen((command) => {
        if (command === 'BatchGetItemCommand') throw new Error('killed');
      });
      await expect(record(batch(orderId, events.slice(0, 1)))).rejects.toThrow('killed');
      expect(checkEntries(await entriesOf(orderId)).map(({ fault }) => fault)).toEqual([
        'unchained',
        'unchained',
        'unchained',
      ]);
      listen();
      await appWith(tables.client)(batch(orderId, events.slice(0, 1)));
      expect(checkEntries(await entriesOf(orderId))).toEqual([]);
    });

    test('for the same place once, though an event comes twice in a batch', async () => {
      const { orderId, events } = history(2);
      expect(await record(batch(orderId, [events[0], events[0], events[1], events[1]]))).toEqual(allWell);
      expect(checkEntries(await entriesOf(orderId))).toEqual([]);
    });

    test('singly for what one answer did not hold', async () => {
      const large = (sequence: number) => {
        const order = anOrder(++orders);
        const event = { ...anEvent('order.paid.v1', order), sequence, note: 'x'.repeat(300_000) };
        return [order.id, JSON.stringify(event)] as const;
      };
      const late = [large(2), large(2), large(2), large(2), large(2), large(2)];
      for (const one of late) await record(msk([one]));
      const early = late.map(
        ([orderId, text]) =>
          [
            orderId,
            JSON.stringify({ ...JSON.parse(text), id: `evt_${orderId.slice(4)}`, sequence: 1, note: '' }),
          ] as const,
      );
      const asked = listen();
      await record(msk(early));
      // One a chain, for the next entry, and those that were left over.
      expect(asked.filter((command) => command === 'GetItemCommand').length).toBeGreaterThan(late.length);
      for (const [orderId] of late) expect(checkEntries(await entriesOf(orderId))).toEqual([]);
    });
  });

  test('keeps one whole chain when the next event of a batch was there before', async () => {
    const { orderId, events } = history();
    const [first, second, third, fourth] = events;
    await record(batch(orderId, [second, third]));
    await appWith(tables.client)(batch(orderId, [first, second, third, fourth]));
    expect(checkEntries(await entriesOf(orderId))).toEqual([]);
  });

  test('has one whole chain when several invocations write the events of an order at the same time, in any order', async () => {
    for (let round = 0; round < 10; round++) {
      const { orderId, events } = history();
      const turned = events.toReversed();
      await Promise.all([...turned, ...events].map((event) => record(batch(orderId, [event]))));
      expect(checkEntries(await entriesOf(orderId))).toEqual([]);
    }
  });
});

describe('a record that cannot be an entry', () => {
  test.each([
    ['is no JSON', '{'],
    ['has no value', undefined],
    ['is no event', '{"specversion":"1.0","type":"order.paid.v1"}'],
    ['is of no order', JSON.stringify({ ...anEvent('order.paid.v1', anOrder(1)), subject: 'cart_1' })],
    ['has a sequence that nobody counts', JSON.stringify({ ...anEvent('order.paid.v1', anOrder(2)), sequence: 1.5 })],
    ['is larger than an item', JSON.stringify({ ...anEvent('order.paid.v1', anOrder(3)), note: 'x'.repeat(400_000) })],
  ])('because it %s is set aside by the name of its place, and holds up nobody', async (_why, bad) => {
    const { orderId, events } = history(2);
    expect(await record(batch(orderId, [events[0], bad, events[1]]))).toEqual(allWell);
    expect(checkEntries(await entriesOf(orderId))).toEqual([]);
    expect(await entriesOf(orderId)).toHaveLength(2);
    expect(await asideOf('order-events-0/1')).toMatchObject([{ reason: 'unreadable' }]);
  });

  test('stands beside another one of the same place, as after a topic was made anew', async () => {
    for (const bad of ['{', '[', '{']) expect(await record(batch('ord_', [bad]))).toEqual(allWell);
    expect((await asideOf('order-events-0/0')).map(({ text }) => text).toSorted()).toEqual(['[', '{']);
  });

  test('because another event stands in its place is set aside beside it, once', async () => {
    const { orderId, events } = history(2);
    await record(batch(orderId, events));
    const other = JSON.stringify({ ...JSON.parse(events[1] as string), id: 'evt_7zzzzzzzzzzzzzzzzzzzzzzzzz' });
    for (let time = 0; time < 2; time++) expect(await record(batch(orderId, [other]))).toEqual(allWell);
    expect((await entriesOf(orderId)).map(({ event }) => event)).toEqual(events);
    expect(await asideOf(orderId)).toMatchObject([{ reason: 'contradicts', text: other }]);
  });
});

test('a table that is away brings every record back, and nothing is half written', async () => {
  const { orderId, events } = history(2);
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  const away = appWith(
    new DynamoDBClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    }),
  );
  await expect(away(batch(orderId, events))).rejects.toThrow('none of 2 records');
  expect(await entriesOf(orderId)).toEqual([]);
});

describe('a check of the entries', () => {
  test('names what is missing, altered, exchanged and doubled', async () => {
    const { orderId, events } = history();
    await record(batch(orderId, events));
    const entries = await entriesOf(orderId);
    const faultsOf = (changed: readonly LedgerEntry[]) =>
      checkEntries(changed).map(({ fault, sequence }) => [fault, sequence]);
    const replaced = (at: number, parts: Partial<LedgerEntry>) =>
      entries.map((entry, index) => (index === at ? { ...entry, ...parts } : entry));
    const second = entries[1] as LedgerEntry;
    expect(faultsOf(entries.toSpliced(1, 1))).toEqual([['missing', 2]]);
    expect(faultsOf(entries.toSpliced(0, 1))).toEqual([['missing', 1]]);
    expect(faultsOf(replaced(1, { event: second.event.replace('paid', 'owed') }))).toEqual([['altered', 2]]);
    expect(
      faultsOf(replaced(1, { digest: (entries[2] as LedgerEntry).digest, event: (entries[2] as LedgerEntry).event })),
    ).toEqual([['altered', 2]]);
    expect(faultsOf([...entries, { ...second, sequence: ledgerSortKey(5) }])).toEqual([
      ['doubled', 5],
      ['altered', 5],
    ]);
  });
});
