import { setTimeout as wait } from 'node:timers/promises';

export type EventuallyOptions = {
  /**
   * Milliseconds until the last failure is thrown; default 120,000: only what would never come true is to fail, however slow
   * or crowded the machine.
   */
  readonly timeoutMs?: number;
  /** Milliseconds between two tries; default 20. */
  readonly everyMs?: number;
};

/** Runs the assertion again and again until it does not throw, and returns what it returned. */
export const eventually = async <T>(assertion: () => T | Promise<T>, options: EventuallyOptions = {}): Promise<T> => {
  const { timeoutMs = 120_000, everyMs = 20 } = options;
  const giveUpAt = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await assertion();
    } catch (problem) {
      if (performance.now() >= giveUpAt) throw problem;
      await wait(everyMs);
    }
  }
};
