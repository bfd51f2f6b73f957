import type { Clock } from './values/clock.ts';

/** The machine's clock. */
export const systemClock: Clock = { now: () => new Date() };
