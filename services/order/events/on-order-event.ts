import type { OrderEvent } from '../../contracts/events/order-events.ts';
import { nextStep } from '../domain/order.ts';
import type { OrderRepository } from '../storage/order-repository.ts';

/** Events after which the platform owes the order a step. */
const owing: ReadonlySet<OrderEvent['type']> = new Set([
  'order.placed.v1',
  'order.cancelled.v1',
  'order.payment-failed.v1',
  'order.refund-requested.v1',
]);

/** A second driver beside the job that was queued with the event: queues another only if the step is still owed. */
export const handleOrderEvent = async (orders: OrderRepository, event: OrderEvent): Promise<void> => {
  if (!owing.has(event.type)) return;
  const order = await orders.find(event.subject);
  if (order && order.version === event.sequence && nextStep(order)) await orders.drive(order.id);
};
