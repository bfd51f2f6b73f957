import { setTimeout as wait } from 'node:timers/promises';
import { type Order, settledStatuses } from '../../contracts/http/order-api.ts';
import { Refusal } from '../../kit/values/refusal.ts';

/** An order as it was after its event of that sequence. */
export type OrderSighting = { readonly order: Order; readonly sequence: number };

/** Streams that break in a row before the client is left to come again by itself. */
const longestStreak = 20;
/** Milliseconds before a broken stream is opened again; the order service may be restarting. */
const pauseMs = 500;

export const isSettled = ({ order }: OrderSighting): boolean => settledStatuses.includes(order.status);

/** What ends a stream without saying anything about the order: the other side's deadline, restart or absence. */
const isInterruption = (problem: unknown) => problem instanceof Refusal && problem.kind === 'unavailable';

/**
 * Every sighting, each once and in order, until the order is settled. A stream that ends before is opened again; a
 * refusal of the first stream is thrown.
 */
export const watchUntilSettled = async function* (
  open: () => AsyncIterable<OrderSighting>,
  signal: AbortSignal,
): AsyncGenerator<OrderSighting> {
  let last = 0;
  let hasSeenAny = false;
  for (let streak = 0; streak < longestStreak && !signal.aborted; streak += 1) {
    try {
      for await (const sighting of open()) {
        hasSeenAny = true;
        streak = 0;
        if (sighting.sequence > last) {
          last = sighting.sequence;
          yield sighting;
        }
        if (isSettled(sighting)) return;
      }
    } catch (problem) {
      if (signal.aborted) return;
      if (!hasSeenAny || !isInterruption(problem)) throw problem;
    }
    // An aborted wait is the end that the loop looks for.
    await wait(pauseMs, undefined, { signal }).catch(() => undefined);
  }
};
