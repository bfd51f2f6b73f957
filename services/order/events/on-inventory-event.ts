import type { InventoryEvent } from '../../contracts/events/inventory-events.ts';
import type { OrderStatus } from '../../contracts/http/order-api.ts';
import type { ConsumedEvent } from '../../kit/events/handlers.ts';
import { newsOf } from '../domain/order-decisions.ts';
import type { OrderEvent } from '../domain/order-event.ts';
import type { manifest } from '../manifest.ts';
import type { OrderDriver, OrderRepository } from '../storage/order-repository.ts';

export type DecisiveInventoryEvent = ConsumedEvent<(typeof manifest.consumes)['inventory-events'], InventoryEvent>;

const orderEventOf = (event: DecisiveInventoryEvent): OrderEvent | null => {
  switch (event.type) {
    case 'inventory.reserved.v1':
      return { type: 'order.stock-reserved.v1', at: event.time, reservedUntil: event.data.reservedUntil };
    case 'inventory.rejected.v1':
      return { type: 'order.cancelled.v1', at: event.time, reason: 'out-of-stock' };
    case 'inventory.released.v1':
      return event.data.reason === 'expired'
        ? { type: 'order.cancelled.v1', at: event.time, reason: 'reservation-expired' }
        : null;
  }
};

/** States in which a fact can still be news. An order that is paid can be cancelled too, but not because a fact comes late. */
const undecided: Readonly<Record<DecisiveInventoryEvent['type'], readonly OrderStatus[]>> = {
  'inventory.reserved.v1': ['pending'],
  'inventory.rejected.v1': ['pending'],
  'inventory.released.v1': ['pending', 'stock-reserved'],
};

/**
 * What the stock decided, for orders that did not get the answer; one that is being driven here gets it from its driver, or asks again.
 * A duplicate or late event teaches nothing: the order has moved on.
 */
export const handleInventoryEvent = async (
  orders: OrderRepository,
  event: DecisiveInventoryEvent,
  driver: Pick<OrderDriver, 'isInHand' | 'lastResult'>,
): Promise<void> => {
  const taught = orderEventOf(event);
  if (!taught || driver.isInHand(event.data.orderId)) return;
  const known = driver.lastResult(event.data.orderId);
  // No order comes back to a state in which this would be news.
  if (known && !undecided[event.type].includes(known.status)) return;
  const order = await orders.find(event.data.orderId);
  if (!order || !undecided[event.type].includes(order.status)) return;
  await orders.append(order, newsOf(order, taught), { drive: true });
};
