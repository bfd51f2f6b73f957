import type { OrderEvent } from '../../contracts/events/order-events.ts';
import type { ConsumedEvent } from '../../kit/events/handlers.ts';
import { nextStep } from '../domain/order.ts';
import type { manifest } from '../manifest.ts';
import type { OrderRepository } from '../storage/order-repository.ts';

export type OwingOrderEvent = ConsumedEvent<(typeof manifest.consumes)['order-events'], OrderEvent>;

/** A second driver beside the job that was queued with the event: queues another only if the step is still owed. */
export const handleOrderEvent = async (orders: OrderRepository, event: OwingOrderEvent): Promise<void> => {
  const order = await orders.find(event.subject);
  if (order && order.version === event.sequence && nextStep(order)) await orders.drive(order.id);
};
