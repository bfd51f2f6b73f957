import { expect, test } from '@jest/globals';
import { secondsLeft } from './forecast.ts';

test('the end is forecast from the pace up to now', () => {
  expect(secondsLeft({ begun: 60, settled: 49, failed: 1, seconds: 5 }, 100, 1_000)).toBe(5);
});

test('the end comes no sooner than the purchases that are still to begin, also before the first outcome', () => {
  expect(secondsLeft({ begun: 0, settled: 0, failed: 0, seconds: 0 }, 100, 4)).toBe(25);
  expect(secondsLeft({ begun: 50, settled: 50, failed: 0, seconds: 1 }, 100, 2)).toBe(25);
});
