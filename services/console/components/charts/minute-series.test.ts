import { expect, test } from '@jest/globals';
import { currenciesOf, minuteSeries } from './minute-series.ts';

const at = (minute: number) => `2026-11-29T10:${String(minute).padStart(2, '0')}:00.000Z`;
const figures = (minute: number, currency: string, orders: number, revenue: number) => ({
  ...{ windowStart: at(minute), currency, orders, revenue },
  ...{ uniqueUsers: orders, averageOrderValue: revenue / orders },
});
const told = {
  ...{ at: at(20), since: '2026-11-29T10:09:30.000Z', lacking: null, late: [], isWhole: true },
  minutes: [figures(11, 'USD', 2, 3_000), figures(12, 'EUR', 3, 900), figures(14, 'EUR', 1, 100)],
};

test('a minute without an order is drawn as none, and what is still open is not drawn', () => {
  const { times, orders, revenue, customers, average } = minuteSeries(told, 'USD');
  expect(times.map((time) => new Date(time * 1000).toISOString())).toEqual([10, 11, 12, 13, 14].map(at));
  expect([orders, revenue, customers]).toEqual([
    [0, 2, 0, 0, 0],
    [0, 3_000, 0, 0, 0],
    [0, 2, 0, 0, 0],
  ]);
  expect(average).toEqual([null, 1_500, null, null, null]);
});

test('a shop without orders has nothing to draw', () => {
  expect(minuteSeries({ ...told, minutes: [] }, 'USD').times).toEqual([]);
});

test('the currency with the most orders comes first', () => {
  expect(currenciesOf(told)).toEqual(['EUR', 'USD']);
});
