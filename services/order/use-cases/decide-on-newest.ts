import type { Clock } from '../../kit/values/clock.ts';
import type { Order } from '../domain/order.ts';
import type { OrderEvent } from '../domain/order-event.ts';
import { orderBusy } from '../domain/order-refusals.ts';
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
  throw orderBusy();
};

/** An order that the platform works on; it must exist. */
export const existingOrder = async ({ orders }: ChangeOrderEffects, orderId: string): Promise<Order> => {
  const order = await orders.find(orderId);
  if (!order) throw new Error(`order ${orderId} is to be changed but does not exist`);
  return order;
};
