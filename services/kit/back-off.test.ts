import { expect, test } from '@jest/globals';
import { createBackOff } from './back-off.ts';

test('pauses double up to the longest, each between a half and the whole of it', () => {
  const backOff = createBackOff({ firstMs: 100, longestMs: 1_000 });
  for (const whole of [100, 200, 400, 800, 1_000, 1_000]) {
    const pauseMs = backOff.next();
    expect(pauseMs).toBeGreaterThanOrEqual(whole / 2);
    expect(pauseMs).toBeLessThanOrEqual(whole);
  }
});

test('after a success the next pause is the first again', () => {
  const backOff = createBackOff({ firstMs: 100, longestMs: 5_000 });
  for (let failure = 0; failure < 10; failure += 1) backOff.next();
  expect(backOff.failures).toBe(10);
  backOff.reset();
  expect(backOff.failures).toBe(0);
  expect(backOff.next()).toBeLessThanOrEqual(100);
});

test('an aborted signal ends a pause without an error', async () => {
  const stopping = new AbortController();
  const pause = createBackOff({ firstMs: 3_600_000, longestMs: 3_600_000 }).pause(stopping.signal);
  stopping.abort();
  await expect(pause).resolves.toBeUndefined();
});
