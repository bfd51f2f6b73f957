import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DynamoDBRecord } from 'aws-lambda';
import { chainOf, eventDigest, type LedgerEntry } from '../contracts/ledger/ledger-entry.ts';
import { warehouseViews } from '../contracts/warehouse/order-views.ts';
import { createLogger } from '../kit/telemetry/logger.ts';
import { fakeClock } from '../kit/testing/fake-clock.ts';
import { openDuckDbWarehouse } from '../kit/warehouse/duckdb-warehouse.ts';
import { type Warehouse, WarehouseAway } from '../kit/warehouse/warehouse.ts';
import { warehouseExportApp } from './app.ts';
import { batchOf, entriesOf, eventId, inserted, modified, numberOf, removed } from './testing/changes.ts';

let warehouse: Warehouse;
beforeEach(async () => {
  warehouse = await openDuckDbWarehouse(':memory:');
});
afterEach(() => warehouse?.close());

const appOver = (
  given: Warehouse | undefined = warehouse,
  pause = async (_milliseconds: number): Promise<void> => undefined,
) => warehouseExportApp({ warehouse: given, logger: createLogger('export', 'silent'), clock: fakeClock(), pause });
const load = (...records: readonly DynamoDBRecord[]) => appOver()(batchOf(...records));
const allWell = { batchItemFailures: [] };
const ask = (sql: string) => warehouse.query(sql);
const view = (name: string) => ask(`SELECT * FROM ${name}`);

/** An entry whose text is another one, whole in itself. */
const withText = (entry: LedgerEntry, text: string): LedgerEntry => ({
  ...entry,
  event: text,
  digest: eventDigest(text),
  chain: chainOf('', eventDigest(text)),
});

describe('the export', () => {
  test('makes one row of each event, without names and addresses, into a warehouse that nobody prepared', async () => {
    const entries = entriesOf(1);
    expect(await load(...entries.map(inserted))).toEqual(allWell);
    const rows = await ask('SELECT * FROM order_events ORDER BY sequence');
    expect(rows).toHaveLength(4);
    expect(rows[1]).toMatchObject({
      event_id: eventId(1, 1),
      order_id: entries[0]?.orderId,
      sequence: 2,
      type: 'order.paid.v1',
      occurred_at: '2026-03-01T10:00:00Z',
      occurred_on: '2026-03-01',
      currency: 'USD',
      total_amount: 3000,
      units: 2,
      captured_amount: 3000,
      refunded_amount: 0,
      country: 'US',
    });
    const text = JSON.stringify(rows);
    for (const personal of ['Ada', 'ada@example.com', 'Winding', 'Springfield']) expect(text).not.toContain(personal);
  });

  test('changes nothing when changes are handed over again, in any company, or when a chain is completed later', async () => {
    const entries = entriesOf(2);
    await load(...entries.map(inserted));
    const [first, second] = entries as [LedgerEntry, LedgerEntry];
    const { chain: _chain, ...unchained } = second;
    expect(await load(inserted(first), inserted(second), modified(unchained, second), inserted(first))).toEqual(
      allWell,
    );
    expect(await ask('SELECT COUNT(*) AS n FROM order_events')).toEqual([{ n: 4 }]);
  });

  test('is passed over where there is no warehouse yet', async () => {
    const app = warehouseExportApp({
      ...{ warehouse: undefined, logger: createLogger('export', 'silent'), clock: fakeClock() },
      pause: async () => undefined,
    });
    expect(await app(batchOf(...entriesOf(3).map(inserted)))).toEqual(allWell);
  });
});

describe('what cannot be a row', () => {
  test('because its schema is newer is set aside by its name, until a release knows it and loads it', async () => {
    const [entry] = entriesOf(4) as [LedgerEntry];
    const newer = withText(
      { ...entry, type: 'order.gift-wrapped.v9' },
      JSON.stringify({ ...JSON.parse(entry.event), type: 'order.gift-wrapped.v9' }),
    );
    expect(await load(inserted(newer))).toEqual(allWell);
    expect(await load(inserted(newer))).toEqual(allWell);
    expect(await view('waiting')).toEqual([
      expect.objectContaining({ name: `${entry.orderId}/1`, event_id: eventId(4, 0), reason: 'newer' }),
    ]);
    await load(inserted({ ...entry }));
    expect(await view('waiting')).toEqual([]);
  });

  test('because the ledger itself set it aside waits under its name there', async () => {
    const aside = {
      orderId: 'unreadable/order-events-0/7/abc',
      sequence: '0000000000',
      reason: 'unreadable',
      detail: 'no JSON',
      text: '{',
    };
    expect(await load(inserted(aside))).toEqual(allWell);
    expect(await view('waiting')).toEqual([
      expect.objectContaining({ name: 'unreadable/order-events-0/7/abc', reason: 'unreadable', detail: 'no JSON' }),
    ]);
  });

  test.each([
    ['is no entry', (entry: LedgerEntry) => inserted({ orderId: entry.orderId, sequence: 'x' })],
    [
      'is not the text that was recorded',
      (entry: LedgerEntry) => inserted({ ...entry, event: entry.event.replace('placed', 'forged') }),
    ],
    ['was altered', (entry: LedgerEntry) => modified(entry, withText(entry, entry.event.replace('3000', '1')))],
    ['was removed', (entry: LedgerEntry) => removed(entry)],
  ])('because it %s is reported by its number, and holds up nobody', async (_why, poison) => {
    const good = entriesOf(5);
    const bad = poison(entriesOf(6)[0] as LedgerEntry);
    const answer = await load(inserted(good[0] as LedgerEntry), bad, ...good.slice(1).map(inserted));
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: numberOf(bad) }] });
    expect(await ask('SELECT COUNT(*) AS n FROM order_events')).toEqual([{ n: 4 }]);
  });

  test('leaves a gap that is found by name; a doubled event counts once and its order shows the gap', async () => {
    const entries = entriesOf(7);
    await load(...entries.filter((_, at) => at !== 1).map(inserted));
    expect(await view('gaps')).toEqual([{ order_id: entries[0]?.orderId, missing: 1 }]);
    await load(inserted(entries[1] as LedgerEntry));
    expect(await view('gaps')).toEqual([]);
    const last = entries.at(-1) as LedgerEntry;
    const doubled = { ...last, sequence: '0000000006' };
    expect(await load(inserted(doubled))).toEqual(allWell);
    expect(
      await ask("SELECT COUNT(*) AS n FROM order_events WHERE order_id = 'ord_00000000000000000000000007'"),
    ).toEqual([{ n: 4 }]);
  });
});

describe('a warehouse that is away', () => {
  /** @param answersAfter calls of append that fail first */
  const awayFor = (answersAfter: number) => {
    let calls = 0;
    return {
      ...warehouse,
      append: async (table: string, rows: Parameters<Warehouse['append']>[1]) => {
        if (++calls <= answersAfter) throw new WarehouseAway('connect refused');
        await warehouse.append(table, rows);
      },
    } satisfies Warehouse;
  };

  test('is waited for within one call, and nothing is lost', async () => {
    const pauses: number[] = [];
    const app = appOver(awayFor(4), async (milliseconds) => void pauses.push(milliseconds));
    expect(await app(batchOf(...entriesOf(8).map(inserted)))).toEqual(allWell);
    expect(pauses).toEqual([200, 400, 800, 1600]);
    expect(await ask('SELECT COUNT(*) AS n FROM order_events')).toEqual([{ n: 4 }]);
  });

  test('for longer fails the call as a whole, so that Lambda hands the batch over again', async () => {
    const clock = fakeClock();
    const app = warehouseExportApp({
      ...{ warehouse: awayFor(Number.POSITIVE_INFINITY), logger: createLogger('export', 'silent'), clock },
      pause: async (milliseconds) => clock.advance(milliseconds),
    });
    await expect(app(batchOf(...entriesOf(9).map(inserted)))).rejects.toMatchObject({ code: 'warehouse.away' });
  });
});

test('every ready-made question is one that the warehouse can answer', async () => {
  await load(
    ...entriesOf(10).map(inserted),
    ...entriesOf(11, ['order.placed.v1', 'order.payment-failed.v1']).map(inserted),
  );
  for (const { name } of warehouseViews) expect(await view(name.replaceAll('-', '_'))).toEqual(expect.any(Array));
  expect(await view('revenue_by_day')).toEqual([
    { day: '2026-03-01', currency: 'USD', orders: 1, revenue_amount: 3000, refunded_amount: 0, net_amount: 3000 },
  ]);
  expect(await view('average_order_value')).toMatchObject([{ orders: 1, average_amount: 3000 }]);
  expect(await view('refund_rate')).toMatchObject([{ paid_orders: 1, refunded_orders: 0, share: 0 }]);
  expect((await view('funnel')).map(({ orders }) => orders)).toEqual([2, 0, 1, 1, 1]);
  expect(await view('cohort_retention')).toMatchObject([{ cohort: '2026-03', months_later: 0, customers: 1 }]);
});
