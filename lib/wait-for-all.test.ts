import { expect, it } from '@jest/globals';
import { waitForAll } from './wait-for-all.ts';

it('gives what all came to, in their order', async () => {
  expect(await waitForAll([Promise.resolve('a'), Promise.resolve(2)])).toEqual(['a', 2]);
});

it('throws a failure only once the others have ended', async () => {
  const slow = Promise.withResolvers<void>();
  let hasEnded = false;
  const waiting = waitForAll([
    Promise.reject(new Error('no room')),
    slow.promise.then(() => {
      hasEnded = true;
    }),
  ]);
  setImmediate(slow.resolve);
  await expect(waiting).rejects.toThrow('no room');
  expect(hasEnded).toBe(true);
});
