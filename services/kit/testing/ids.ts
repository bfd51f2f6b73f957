import { createIds } from '../system-ids.ts';
import type { Clock } from '../values/clock.ts';
import type { Ids } from '../values/identifiers.ts';
import { fakeClock } from './fake-clock.ts';

/** Ids that are valid, sort in the order in which they were made, and are the same in every run. */
export const fakeIds = (clock: Clock = fakeClock()): Ids => {
  let count = 0;
  return createIds({
    clock,
    randomBytes: (size) => {
      count += 1;
      const bytes = Buffer.alloc(size);
      bytes.writeUIntBE(count, size - 6, 6);
      return bytes;
    },
  });
};
