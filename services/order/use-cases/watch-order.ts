import { settledStatuses } from '../../contracts/http/order-api.ts';
import type { Caller } from '../../kit/auth/caller.ts';
import type { Order } from '../domain/order.ts';
import type { OrderRepository } from '../storage/order-repository.ts';
import { findOrder } from './find-order.ts';

export type WatchEffects = {
  readonly orders: OrderRepository;
  /** Yields after each change of the order, and now and then without one; ends when `signal` aborts. */
  readonly changesOf: (orderId: string, signal: AbortSignal) => AsyncIterable<void>;
};

/** The order now and after each change, each version once, until it is settled or nobody listens any more. */
export async function* watchOrder(
  { orders, changesOf }: WatchEffects,
  caller: Caller,
  orderId: string,
  signal: AbortSignal,
): AsyncGenerator<Order> {
  // Subscribed before the first look, so that no change falls between the two.
  const changes = changesOf(orderId, signal)[Symbol.asyncIterator]();
  let seen = 0;
  try {
    while (!signal.aborted) {
      const order = await findOrder(orders, caller, orderId);
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
