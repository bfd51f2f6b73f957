import { expect, test } from '@jest/globals';
import type { BenchReport, LoadFigures } from './bench.ts';
import { pictureOf } from './picture.ts';

const load = (buyers: number, cost: Partial<LoadFigures['cost']>): LoadFigures =>
  ({ buyers, purchasesPerSecond: 40, cost: { transactionsByDatabase: {}, ...cost } }) as LoadFigures;

test('the picture shows each load with its parts, their sums, and names that cannot break it', () => {
  const report = {
    at: '2026-11-29T20:00:00.000Z',
    machine: { processors: 2, model: 'A & B' },
    loads: [
      load(1, { processorMsByProcess: { postgres: 15, order: 10.5 }, transactionsByDatabase: { orders: 5 } }),
      load(8, { processorMsByProcess: { postgres: 12, '<order>': 8 }, transactionsByDatabase: { orders: 4 } }),
    ],
  } as unknown as BenchReport;
  const picture = pictureOf(report);
  for (const text of ['1 buyer, 40/s', '8 buyers, 40/s', '25.5 ms', '20 ms', 'A &#38; B', '&#60;order&#62;'])
    expect(picture).toContain(text);
  expect(picture).not.toContain('<order>');
  const widthOf = (title: string) =>
    Number(new RegExp(`width="([\\d.]+)"[^>]*><title>${title} `).exec(picture)?.[1] ?? Number.NaN);
  expect(widthOf('postgres 15') / widthOf('order 10.5')).toBeCloseTo(15 / 10.5, 1);
});
