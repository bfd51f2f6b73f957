import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { warehouseViews } from '../../services/contracts/warehouse/order-views.ts';
import { startBigQueryPeer } from '../../services/kit/testing/peers/bigquery-peer.ts';
import { openDuckDbWarehouse } from '../../services/kit/warehouse/duckdb-warehouse.ts';
import { viewName, type Warehouse } from '../../services/kit/warehouse/warehouse.ts';
import { entriesOf } from '../../services/warehouse-export/testing/changes.ts';
import { askView } from './ask-view.ts';
import { backfill } from './backfill.ts';
import { findView } from './find-view.ts';
import { shopSchema } from './local-warehouse.ts';
import { GOOGLE_ACCESS_TOKEN, withWarehouse } from './open-shop-warehouse.ts';
import { viewPicture } from './view-picture.ts';
import { needsAttention, warehouseStatus } from './warehouse-status.ts';

let warehouse: Warehouse;
beforeEach(async () => {
  warehouse = await openDuckDbWarehouse(':memory:');
});
afterEach(() => warehouse?.close());

const now = () => new Date('2026-03-05T12:00:00Z');
async function* pagesOf(...pages: readonly (readonly Record<string, unknown>[])[]) {
  yield* pages;
}
const fill = (items: readonly Record<string, unknown>[], days = {}) => backfill(warehouse, pagesOf(items), days, now);

describe('a backfill', () => {
  test('loads what the ledger has, once, and says what was new', async () => {
    const first = entriesOf(1);
    expect(await fill(first)).toEqual({ events: 4, loaded: 4, setAside: 0, damaged: [] });
    expect(await fill([...first, ...entriesOf(2)])).toMatchObject({ events: 8, loaded: 4 });
  });

  test('loads the days that were asked for, both ends included', async () => {
    const days = ['2026-03-01', '2026-03-02', '2026-03-03'];
    const items = entriesOf(1)
      .slice(0, 3)
      .map((entry, at) => ({ ...entry, time: `${days[at]}T23:59:59.999Z` }));
    expect(await fill(items, { from: '2026-03-02', to: '2026-03-03' })).toMatchObject({ events: 2, loaded: 2 });
    expect(await fill(items, { from: '2026-04-01' })).toMatchObject({ events: 0, loaded: 0 });
  });

  test('names damaged entries, lets them out and loads the rest', async () => {
    const [first, ...rest] = entriesOf(1);
    const report = await fill([{ ...first, event: '{}' }, ...rest]);
    expect(report).toMatchObject({ events: 3, loaded: 3 });
    expect(report.damaged).toEqual([expect.stringContaining('is not the text that was recorded')]);
  });
});

describe('a warehouse in BigQuery', () => {
  test('is made by one command, with every table and question, for who has a token and for nobody else', async () => {
    const peer = await startBigQueryPeer('token-of-a-person');
    const bigquery = { project: 'shop-project', dataset: 'shop', apiUrl: peer.url };
    const before = process.env[GOOGLE_ACCESS_TOKEN];
    try {
      delete process.env[GOOGLE_ACCESS_TOKEN];
      await expect(askView({ data: '', bigquery }, 'funnel')).rejects.toMatchObject({ code: 'warehouse.no-token' });
      process.env[GOOGLE_ACCESS_TOKEN] = 'token-of-a-person';
      const prepared = await withWarehouse({ data: '', bigquery }, async (made) => {
        const first = await made.prepare(shopSchema);
        await backfill(made, pagesOf(entriesOf(1), entriesOf(1)), {}, now);
        return first;
      });
      expect(prepared).toEqual({ created: ['order_events', 'set_aside'], added: [] });
      expect((await askView({ data: '', bigquery }, 'revenue-by-day')).rows).toMatchObject([
        { day: '2026-03-01', currency: 'USD', orders: 1, revenue_amount: 3000 },
      ]);
      for (const { name } of warehouseViews) await askView({ data: '', bigquery }, name);
    } finally {
      if (before === undefined) delete process.env[GOOGLE_ACCESS_TOKEN];
      else process.env[GOOGLE_ACCESS_TOKEN] = before;
      await peer.stop();
    }
  });
});

describe('the status', () => {
  test('of a whole warehouse needs nobody', async () => {
    await fill(entriesOf(1));
    const status = await warehouseStatus(warehouse, { entries: 4, givenUp: 0, failed: [] });
    expect(status).toMatchObject({
      rows: 4,
      behind: 0,
      gaps: [],
      waiting: [],
      failed: [],
      lastEventAt: '2026-03-01T10:00:00Z',
    });
    expect(needsAttention(status)).toBe(false);
  });

  test('names gaps, what waits and what was given up with its place, and counts what has no row yet', async () => {
    const [first, second, third] = entriesOf(1);
    const newer = { ...first, orderId: 'ord_newer', type: 'order.new.v2' };
    const text = JSON.stringify({ ...JSON.parse(String(newer.event)), type: 'order.new.v2' });
    const { createHash } = await import('node:crypto');
    const digest = createHash('sha256').update(text).digest('hex');
    await fill([{ ...first }, { ...third }, { ...newer, eventId: 'evt_newer', event: text, digest }]);
    const given = {
      shardId: 'shardId-1',
      sequence: '7',
      attempts: 6,
      reason: 'Error: no',
      at: now().toISOString(),
      record: '{}',
    };
    const status = await warehouseStatus(warehouse, { entries: 4, givenUp: 1, failed: [given] });
    expect(status.gaps).toEqual([{ order_id: second?.orderId, missing: 1 }]);
    expect(status.waiting).toMatchObject([{ name: 'ord_newer/1', reason: 'newer' }]);
    expect(status.failed).toMatchObject([{ shardId: 'shardId-1', sequence: '7', attempts: 6 }]);
    expect(status.behind).toBe(1);
    expect(needsAttention(status)).toBe(true);
  });
});

describe('a ready-made question', () => {
  test.each(warehouseViews.filter(({ picture }) => picture).map(({ name }) => name))(
    '%s has a picture of its answer',
    async (name) => {
      await fill([...entriesOf(1), ...entriesOf(2)]);
      const view = findView(name);
      const rows = await warehouse.query(`SELECT * FROM ${viewName(name)}`);
      const drawn = viewPicture(view, rows) ?? '';
      expect(drawn).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
      expect(drawn).toContain(view.title);
      expect(drawn).toContain(String(rows[0]?.[view.picture?.label ?? '']));
    },
  );

  test('that is none is refused with the names of all', () => {
    expect(() => findView('profit')).toThrow(/there is no question "profit"; known are revenue-by-day, /);
  });

  test('can be asked of an empty warehouse', async () => {
    await warehouse.prepare(shopSchema);
    for (const { name, picture } of warehouseViews) {
      const rows = await warehouse.query(`SELECT * FROM ${viewName(name)}`);
      if (picture) expect(viewPicture(findView(name), rows)).toContain('<svg ');
    }
  });
});
