import type { OrderEvent } from '../../contracts/events/order-events.ts';
import type { ConsumedEvent } from '../../kit/events/handlers.ts';
import { nextStep } from '../domain/order.ts';
import type { manifest } from '../manifest.ts';
import type { OrderDriver, OrderRepository } from '../storage/order-repository.ts';

export type OwingOrderEvent = ConsumedEvent<(typeof manifest.consumes)['order-events'], OrderEvent>;

/** A second driver beside the one that was told with the commit: drives only if the step is still owed and nobody here takes it. */
export const handleOrderEvent = async (
  orders: OrderRepository,
  event: OwingOrderEvent,
  driver: Pick<OrderDriver, 'isInHand'>,
): Promise<void> => {
  if (driver.isInHand(event.subject)) return;
  const order = await orders.find(event.subject);
  if (order && order.version === event.sequence && nextStep(order)) await orders.drive(order.id);
};
