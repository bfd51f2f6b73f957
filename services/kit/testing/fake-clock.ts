import type { Clock } from '../values/clock.ts';

export type FakeClock = Clock & {
  /** Moves time forward by that many milliseconds. */
  advance(ms: number): void;
};

/** A clock that stands still until it is told otherwise; default start 2026-01-15T12:00:00Z. */
export const fakeClock = (start: Date | string = '2026-01-15T12:00:00.000Z'): FakeClock => {
  let now = new Date(start).getTime();
  return {
    now: () => new Date(now),
    advance: (ms) => {
      now += ms;
    },
  };
};
