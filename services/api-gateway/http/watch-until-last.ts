import { setTimeout as wait } from 'node:timers/promises';
import type { DoorEvent } from '../../kit/http/doors.ts';
import { Refusal } from '../../kit/values/refusal.ts';

/** Streams that break in a row before the client is left to come again by itself. */
const longestStreak = 20;
/** Milliseconds before a broken stream is opened again; the service behind may be restarting. */
const pauseMs = 500;

/** What ends a stream without saying anything about its subject: the other side's deadline, restart or absence. */
const isInterruption = (problem: unknown) => problem instanceof Refusal && problem.kind === 'unavailable';

/**
 * Every event, each once and in order, until the last. A stream that ends before is opened again; a refusal of the first
 * stream is thrown.
 */
export const watchUntilLast = async function* <Data>(
  open: () => AsyncIterable<DoorEvent<Data>>,
  isLast: (data: Data) => boolean,
  signal: AbortSignal,
): AsyncGenerator<DoorEvent<Data>> {
  let last = 0;
  let hasSeenAny = false;
  for (let streak = 0; streak < longestStreak && !signal.aborted; streak += 1) {
    try {
      for await (const event of open()) {
        hasSeenAny = true;
        streak = 0;
        if (event.id > last) {
          last = event.id;
          yield event;
        }
        if (isLast(event.data)) return;
      }
    } catch (problem) {
      if (signal.aborted) return;
      if (!hasSeenAny || !isInterruption(problem)) throw problem;
    }
    // An aborted wait is the end that the loop looks for.
    await wait(pauseMs, undefined, { signal }).catch(() => undefined);
  }
};
