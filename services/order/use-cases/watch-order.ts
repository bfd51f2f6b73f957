import { settledStatuses } from '../../contracts/http/order-api.ts';
import type { Caller } from '../../kit/auth/caller.ts';
import type { Order } from '../domain/order.ts';
import type { ChangeOrderEffects } from './decide-on-newest.ts';
import { findOrder } from './find-order.ts';

export type WatchEffects = ChangeOrderEffects & {
  /** Yields after each change of the order, and now and then without one; ends when `signal` aborts. */
  readonly changesOf: (orderId: string, signal: AbortSignal) => AsyncIterable<void>;
};

/** The order now and after each change, each version once, until it is settled or nobody listens any more. */
export async function* watchOrder(
  effects: WatchEffects,
  caller: Caller,
  orderId: string,
  signal: AbortSignal,
): AsyncGenerator<Order> {
  // Subscribed before the first look, so that no change falls between the two.
  const changes = effects.changesOf(orderId, signal)[Symbol.asyncIterator]();
  let seen = 0;
  try {
    while (!signal.aborted) {
      const order = await findOrder(effects, caller, orderId);
      if (order.version > seen) {
        seen = order.version;
        yield order;
      }
      if (settledStatuses.includes(order.status) || (await changes.next()).done) return;
    }
  } finally {
    await changes.return?.();
  }
}
