import type { Clock } from '../../kit/values/clock.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import type { Order, OrderEvent } from '../domain/order.ts';
import type { OrderRepository } from '../storage/order-repository.ts';

export type ChangeOrderEffects = { readonly orders: OrderRepository; readonly clock: Clock };

export type DecideOrder = (order: Order, at: string) => OrderEvent[];

/** Tries beyond which somebody else changes the order faster than we can decide. */
const maxTries = 5;

/** Decides on the newest state, again when another change came first. */
export const decideOnNewest = async (
  { orders, clock }: ChangeOrderEffects,
  find: () => Promise<Order>,
  decide: DecideOrder,
): Promise<Order> => {
  for (let attempt = 0; attempt < maxTries; attempt++) {
    const order = await find();
    const changed = await orders.append(order, decide(order, clock.now().toISOString()), { drive: true });
    if (changed) return changed;
  }
  throw new Refusal('conflict', 'order.busy', 'The order is being changed by others at this moment; try again.', {
    retryAfterSeconds: 1,
  });
};

/** The order that the platform itself has to do with; that it is gone is a fault. */
export const existingOrder = async ({ orders }: ChangeOrderEffects, orderId: string): Promise<Order> => {
  const order = await orders.find(orderId);
  if (!order) throw new Error(`order ${orderId} is to be changed but does not exist`);
  return order;
};
