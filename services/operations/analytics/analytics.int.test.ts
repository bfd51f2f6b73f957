import type { Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { MinuteFigures } from '../../contracts/http/operations/analytics-api.ts';
import { chainedEntries } from '../../contracts/testing/ledger-entries.ts';
import { anEvent, anOrder } from '../../contracts/testing/order-events.ts';
import { orderEventRow, warehouseTables } from '../../contracts/warehouse/order-rows.ts';
import { warehouseViews } from '../../contracts/warehouse/order-views.ts';
import { hangUp, listen } from '../../kit/testing/loopback.ts';
import { openDuckDbWarehouse } from '../../kit/warehouse/duckdb-warehouse.ts';
import type { Warehouse } from '../../kit/warehouse/warehouse.ts';
import { createWarehouseDoor } from '../../kit/warehouse/warehouse-door.ts';
import { startOperations } from '../testing/running-operations.ts';
import { resultsTopic } from './read-minutes.ts';

const minuteMs = 60_000;
const now = Date.now();
/** So many minutes ago, as a window begins. */
const minuteAgo = (count: number) => new Date(Math.floor(now / minuteMs - count) * minuteMs).toISOString();

const resultOf = (type: string, id: string, data: object) => ({
  key: 'k',
  value: JSON.stringify({
    ...{ specversion: '1.0', id: `evt_${id.padStart(26, '0')}`, source: 'analytics', type, subject: 'k', sequence: 1 },
    ...{ time: new Date(now).toISOString(), datacontenttype: 'application/json', data },
  }),
});
const windowOf = (minute: string, currency = 'USD') => ({
  windowStart: minute,
  windowEnd: new Date(Date.parse(minute) + minuteMs).toISOString(),
  currency,
});
const closed = (minute: string, orders: number, revenue: number, currency = 'USD') =>
  resultOf('analytics.minute-closed.v1', '1', {
    ...windowOf(minute, currency),
    ...{ orders, revenue, uniqueUsers: orders, averageOrderValue: Math.round(revenue / orders) },
  });
const late = (id: string, amount: number) =>
  resultOf('analytics.order-late.v1', id, { ...windowOf(minuteAgo(9)), eventId: `late ${id}`, amount });

let warehouse: Warehouse;
let door: Server;
let operations: Awaited<ReturnType<typeof startOperations>>;
beforeAll(async () => {
  warehouse = await openDuckDbWarehouse(':memory:');
  await warehouse.prepare({ tables: warehouseTables, views: warehouseViews });
  door = createWarehouseDoor(warehouse);
  operations = await startOperations([], { warehouseUrl: `http://127.0.0.1:${await listen(door)}` });
});
afterAll(async () => {
  await operations?.stop();
  if (door) await hangUp(door);
  await warehouse?.close();
});

const minutes = async (hours = 6): Promise<MinuteFigures> =>
  operations.get(`/operations/analytics/minutes?hours=${hours}`);
const ask = (url: string, headers = operations.staff) => operations.http.inject({ url, headers });

describe('the figures of each minute', () => {
  test('lack, and say so, where no job has computed any', async () => {
    expect(await minutes()).toMatchObject({ lacking: expect.stringMatching(/no job/), minutes: [], isWhole: true });
  });

  test('are told oldest first, each once, currencies apart, and without those that are older than was asked for', async () => {
    await operations.log.createTopics({ [resultsTopic]: { partitions: 1, retentionDays: 1 } });
    expect(await minutes()).toMatchObject({ lacking: null, minutes: [], late: [] });
    const again = closed(minuteAgo(3), 2, 3_001);
    await operations.log.append(resultsTopic, [
      closed(minuteAgo(90), 7, 7_000),
      closed(minuteAgo(2), 1, 500, 'EUR'),
      again,
      again,
      { key: 'k', value: 'no JSON' },
      late('1', 400),
      late('1', 400),
      late('2', 100),
    ]);
    const told = await minutes(1);
    expect(told.minutes).toEqual([
      {
        ...{ windowStart: minuteAgo(3), currency: 'USD', orders: 2, revenue: 3_001 },
        ...{ uniqueUsers: 2, averageOrderValue: 1_501 },
      },
      expect.objectContaining({ windowStart: minuteAgo(2), currency: 'EUR', orders: 1 }),
    ]);
    expect(told.late).toEqual([{ currency: 'USD', orders: 2, amount: 500 }]);
    expect((await minutes(2)).minutes[0]).toMatchObject({ orders: 7 });
  });

  test('are told for two days at most', async () => {
    expect((await ask('/operations/analytics/minutes?hours=49')).statusCode).toBe(400);
  });
});

describe('a ready-made question to the warehouse', () => {
  test('is answered by an empty shop, whichever it is', async () => {
    for (const { name } of warehouseViews)
      expect((await ask(`/operations/analytics/views/${name}`)).statusCode).toBe(200);
    expect(await operations.get('/operations/analytics/views/refund-rate')).toMatchObject({ lacking: null, rows: [] });
  });

  test('is answered with its picture, and once a minute for everybody', async () => {
    const other = await startOperations([], {
      warehouseUrl: `http://127.0.0.1:${(door.address() as { port: number }).port}`,
    });
    try {
      const order = anOrder(1);
      const events = (['order.placed.v1', 'order.paid.v1'] as const).map((type, at) => ({
        ...anEvent(type, order),
        sequence: at + 1,
      }));
      const rows = chainedEntries(order.id, events).map((entry, at) =>
        orderEventRow(entry, events[at] as (typeof events)[number], new Date(now).toISOString()),
      );
      await warehouse.append('order_events', rows.slice(1));
      const first = await other.get('/operations/analytics/views/funnel');
      expect(first).toMatchObject({
        title: 'How far orders came',
        picture: { label: 'state', value: 'orders', series: null, unit: 'count' },
        isWhole: true,
      });
      expect(first.rows[2]).toEqual({ step: 3, state: 'paid', orders: 1 });
      await warehouse.append('order_events', rows);
      expect(await other.get('/operations/analytics/views/funnel')).toEqual(first);
    } finally {
      await other.stop();
    }
  });

  test('that is none is refused', async () => {
    expect((await ask('/operations/analytics/views/profit')).statusCode).toBe(400);
  });

  test('has no answer, and says why, in a shop without a warehouse; one that is away is asked again later', async () => {
    const without = await startOperations([]);
    const away = await startOperations([], { warehouseUrl: 'http://127.0.0.1:4' });
    try {
      const answer = await without.get('/operations/analytics/views/funnel');
      expect(answer).toMatchObject({ lacking: expect.stringContaining('WAREHOUSE_URL'), rows: [] });
      expect(await away.get('/operations/analytics/views/funnel')).toMatchObject({ code: 'warehouse.unavailable' });
    } finally {
      await Promise.all([without.stop(), away.stop()]);
    }
  });
});

test('figures are for staff', async () => {
  for (const url of ['/operations/analytics/minutes', '/operations/analytics/views/funnel'])
    expect((await ask(url, operations.customer)).json()).toMatchObject({ code: 'caller.not-staff' });
});
