import type { InventoryEvent } from '../../contracts/events/inventory-events.ts';
import type { OrderEvent } from '../domain/order.ts';
import { learn } from '../domain/order-decisions.ts';
import type { OrderRepository } from '../storage/order-repository.ts';

const lesson = (event: InventoryEvent): OrderEvent | null => {
  switch (event.type) {
    case 'inventory.reserved.v1':
      return { type: 'order.stock-reserved.v1', at: event.time, reservedUntil: event.data.reservedUntil };
    case 'inventory.rejected.v1':
      return { type: 'order.cancelled.v1', at: event.time, reason: 'out-of-stock' };
    case 'inventory.released.v1':
      return event.data.reason === 'expired'
        ? { type: 'order.cancelled.v1', at: event.time, reason: 'reservation-expired' }
        : null;
    default:
      return null;
  }
};

/**
 * What the stock decided, for orders that did not get the answer.
 * A duplicate or late event teaches nothing: the order has moved on and its state table refuses the step.
 */
export const handleInventoryEvent = async (orders: OrderRepository, event: InventoryEvent): Promise<void> => {
  const taught = lesson(event);
  if (!taught || !('orderId' in event.data)) return;
  const order = await orders.find(event.data.orderId);
  if (!order || (event.type === 'inventory.rejected.v1' && order.status !== 'pending')) return;
  await orders.append(order, learn(order, taught), { drive: true });
};
