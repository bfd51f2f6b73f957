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
  driver: Pick<OrderDriver, 'isInHand' | 'lastResult'>,
): Promise<void> => {
  if (driver.isInHand(event.subject)) return;
  const known = driver.lastResult(event.subject);
  // Whatever leaves it owed after that is told by an event of its own.
  if (known && known.version >= event.sequence && !nextStep(known)) return;
  const order = await orders.find(event.subject);
  if (order && order.version === event.sequence && nextStep(order)) await orders.drive(order.id);
};
