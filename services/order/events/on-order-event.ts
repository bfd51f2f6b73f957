import type { OrderEvent } from '../../contracts/events/order-events.ts';
import type { ConsumedEvent } from '../../kit/events/handlers.ts';
import { nextStep } from '../domain/order.ts';
import type { manifest } from '../manifest.ts';
import type { OrderRepository } from '../storage/order-repository.ts';
import type { Hearing } from './hearing.ts';

export type OwingOrderEvent = ConsumedEvent<(typeof manifest.consumes)['order-events'], OrderEvent>;

/** A second driver beside the one that was told with the commit: drives only if the step is still owed and nobody here takes it. */
export const handleOrderEvent = async (
  orders: OrderRepository,
  event: OwingOrderEvent,
  hearing: Hearing,
): Promise<void> => {
  if (hearing.keepWhileInHand(event.subject)) return;
  const known = hearing.lastResult(event.subject);
  // Whatever leaves it owed after that is told by an event of its own.
  if (known && known.version >= event.sequence && !nextStep(known)) return;
  const order = await orders.find(event.subject);
  if (order && order.version === event.sequence && nextStep(order)) await orders.drive(order.id);
};
