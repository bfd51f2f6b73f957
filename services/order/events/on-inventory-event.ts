import type { InventoryEvent } from '../../contracts/events/inventory-events.ts';
import type { OrderStatus } from '../../contracts/http/order-api.ts';
import type { ConsumedEvent } from '../../kit/events/handlers.ts';
import type { Order } from '../domain/order.ts';
import { newsOf } from '../domain/order-decisions.ts';
import type { OrderEvent } from '../domain/order-event.ts';
import type { manifest } from '../manifest.ts';
import type { OrderRepository } from '../storage/order-repository.ts';
import { type Hearing, learn } from './hearing.ts';

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
 * What the stock decided, for orders that did not get the answer; one that is being driven here is told afterwards, whatever its driver came
 * to. A duplicate or late event teaches nothing: the order has moved on.
 */
export const handleInventoryEvent = async (
  orders: OrderRepository,
  event: DecisiveInventoryEvent,
  hearing: Hearing,
): Promise<void> => {
  const { orderId } = event.data;
  const taught = orderEventOf(event);
  if (!taught) return;
  const isUndecided = ({ status }: Order) => undecided[event.type].includes(status);
  const known = hearing.lastResult(orderId);
  // No order comes back to a state in which this would be news.
  if ((known && !isUndecided(known)) || hearing.keepWhileInHand(orderId)) return;
  const order = await orders.find(orderId);
  if (order) await learn(orders, order, (newest) => (isUndecided(newest) ? newsOf(newest, taught) : []));
};
