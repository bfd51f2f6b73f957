import { expect, test } from '@jest/globals';
import { percentilesOf } from './percentiles.ts';

test('of a hundred values the percentiles are the values at these ranks', () => {
  const values = Array.from({ length: 100 }, (_, at) => 100 - at);
  expect(percentilesOf(values)).toEqual({ p50: 50, p95: 95, p99: 99 });
});

test('of few values the slow end is the slowest, and of none there is nothing', () => {
  expect(percentilesOf([7])).toEqual({ p50: 7, p95: 7, p99: 7 });
  expect(percentilesOf([1, 2, 3])).toEqual({ p50: 2, p95: 3, p99: 3 });
  expect(percentilesOf([])).toEqual({ p50: 0, p95: 0, p99: 0 });
});
