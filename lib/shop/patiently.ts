import { setTimeout as pause } from 'node:timers/promises';
import { ApiProblem } from '../../services/contracts/http/ask.ts';

/** Answers that say "not now": the same request can succeed later. */
const passing: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Whether asking again may help: nobody answered, the platform is busy, or an earlier try is still at work. */
export const isWorthRepeating = (problem: unknown): boolean =>
  !(problem instanceof ApiProblem) || passing.has(problem.status) || problem.code === 'order.in-flight';

export type Patience = {
  /** Seconds until the last problem is thrown. */
  readonly seconds: number;
  readonly onRetry: () => void;
  /** Aborted to give up at once; its reason is thrown. */
  readonly signal: AbortSignal;
};

/** Pauses; throws the reason of the signal as soon as it is aborted. */
export const pauseUnless = (signal: AbortSignal, milliseconds: number): Promise<void> =>
  pause(milliseconds, undefined, { signal }).catch(() => signal.throwIfAborted());

/** Repeats a request that is safe to repeat, with growing, jittered pauses, until it succeeds, is refused, or patience ends. */
export const patiently = async <T>(request: () => Promise<T>, { seconds, onRetry, signal }: Patience): Promise<T> => {
  const until = Date.now() + seconds * 1000;
  for (let attempt = 0; ; attempt++) {
    try {
      return await request();
    } catch (problem) {
      signal.throwIfAborted();
      if (!isWorthRepeating(problem) || Date.now() >= until) throw problem;
      onRetry();
      await pauseUnless(signal, Math.min(2_000, 100 * 2 ** attempt) * (0.5 + Math.random() / 2));
    }
  }
};
