import { expect, test } from '@jest/globals';
import { createWakeUp } from './wake-up.ts';

const never = new AbortController().signal;

test('a wake-up ends the wait', async () => {
  const wakeUp = createWakeUp();
  const waiting = wakeUp.wait(60_000, never);
  wakeUp.wake();
  expect(await waiting).toBe(true);
});

test('wake-ups while nobody waits count as one for the next wait', async () => {
  const wakeUp = createWakeUp();
  wakeUp.wake();
  wakeUp.wake();
  expect(await wakeUp.wait(60_000, never)).toBe(true);
  expect(await wakeUp.wait(1, never)).toBe(false);
});

test('the signal ends the wait without a wake-up', async () => {
  const stopping = new AbortController();
  const waiting = createWakeUp().wait(60_000, stopping.signal);
  stopping.abort();
  expect(await waiting).toBe(false);
  expect(await createWakeUp().wait(60_000, stopping.signal)).toBe(false);
});
