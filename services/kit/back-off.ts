import { setTimeout as wait } from 'node:timers/promises';

export type BackOffOptions = {
  /** Milliseconds of the first pause; each further one is twice as long. Default 100. */
  readonly firstMs?: number;
  /** Milliseconds that no pause passes. Default 5,000. */
  readonly longestMs?: number;
};

/** Pauses between tries, doubled each time, each cut by a chance of up to a half so that many waiters do not come back at once. */
export type BackOff = {
  /** Milliseconds of the next pause. */
  next(): number;
  /** Waits for the next pause; an aborted signal ends it early, without an error. */
  pause(signal?: AbortSignal): Promise<void>;
  /** After a success: the next pause is the first again. */
  reset(): void;
  /** Failures since the last success. */
  readonly failures: number;
};

/** Source of the shape: "Exponential Backoff And Jitter", AWS Architecture Blog ("equal jitter"). */
export const createBackOff = ({ firstMs = 100, longestMs = 5_000 }: BackOffOptions = {}): BackOff => {
  let failures = 0;
  const next = () => {
    const pauseMs = Math.min(longestMs, firstMs * 2 ** Math.min(failures, 30));
    failures += 1;
    return pauseMs * (0.5 + Math.random() / 2);
  };
  return {
    next,
    pause: async (signal) => {
      await wait(next(), undefined, { signal }).catch(() => undefined);
    },
    reset: () => {
      failures = 0;
    },
    get failures() {
      return failures;
    },
  };
};
