import { expect, test } from '@jest/globals';
import type { LoadFigures } from './bench.ts';
import { compareLoads, readReport } from './compare.ts';

const times = { p50: 10, p95: 20, p99: 30 };

const load = (parts: Partial<LoadFigures> = {}): LoadFigures => ({
  buyers: 8,
  seconds: 20,
  purchases: 600,
  purchasesPerSecond: 30,
  looks: 4,
  calls: { cart: times, order: times, look: times, whole: times },
  failed: 0,
  cost: {
    ...{ transactions: 80, transactionsByDatabase: {}, walBytes: 9_000 },
    ...{ calls: 9, callsByName: {}, buyerReads: 4 },
  },
  ...parts,
});

const written = (...loads: LoadFigures[]) => readReport(JSON.stringify({ at: 'x', loads }), 'before.json');

test('each figure stands beside the one of as many buyers, with their ratio', () => {
  const rows = compareLoads(
    load({ purchasesPerSecond: 90 }),
    written(load({ buyers: 1, purchasesPerSecond: 5 }), load()),
  );
  expect(rows[0]).toEqual({ figure: 'purchases a second', now: 90, earlier: 30, ratio: 3 });
  expect(rows.find(({ figure }) => figure === 'transactions a purchase')).toMatchObject({ ratio: 1 });
});

test('a load that the earlier report has not stands alone', () => {
  const [row] = compareLoads(load({ buyers: 32 }), written(load()));
  expect(row).toEqual({ figure: 'purchases a second', now: 30 });
});

test.each([
  ['no JSON', 'starting a shop\n{'],
  ['another file', '{"name": "cloudmart"}'],
])('%s is refused with the name of the file', (_what, text) => {
  expect(() => readReport(text, 'notes.txt')).toThrow(/notes\.txt .* "npm run bench -- --json"/);
});
