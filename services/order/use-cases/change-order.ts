import { type Caller, isStaff } from '../../kit/auth/caller.ts';
import type { Clock } from '../../kit/values/clock.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import { type Order, type OrderEvent, pendingRefunds } from '../domain/order.ts';
import { cancel, deliver, requestRefund, ship, startProcessing } from '../domain/order-decisions.ts';
import type { OrderRepository } from '../storage/order-repository.ts';
import { findOrder, requireStaff } from './find-order.ts';

export type ChangeOrderEffects = { readonly orders: OrderRepository; readonly clock: Clock };

/** Tries beyond which somebody else changes the order faster than we can decide. */
const maxTries = 5;

type Decide = (order: Order, at: string) => OrderEvent[];

/** Decides on the newest state, again when another change came first. */
const decideOnNewest = async (
  { orders, clock }: ChangeOrderEffects,
  find: () => Promise<Order>,
  decide: Decide,
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

const asStaff = (effects: ChangeOrderEffects, caller: Caller, orderId: string, decide: Decide): Promise<Order> => {
  requireStaff(caller);
  return decideOnNewest(effects, () => findOrder(effects.orders, caller, orderId), decide);
};

/** Cancels the caller's own order, or as staff any order; what was taken is given back by the process that drives it. */
export const cancelOrder = (
  effects: ChangeOrderEffects,
  caller: Caller,
  orderId: string,
  reason?: string,
): Promise<Order> =>
  decideOnNewest(
    effects,
    () => findOrder(effects.orders, caller, orderId),
    (order, at) =>
      cancel(order, { at, reason: reason ?? (isStaff(caller) ? 'cancelled-by-staff' : 'cancelled-by-customer') }),
  );

export const shipOrder = (
  effects: ChangeOrderEffects,
  caller: Caller,
  orderId: string,
  parcel: { carrier: string; trackingNumber: string },
): Promise<Order> => asStaff(effects, caller, orderId, (order, at) => ship(order, { at, ...parcel }));

export const deliverOrder = (effects: ChangeOrderEffects, caller: Caller, orderId: string): Promise<Order> =>
  asStaff(effects, caller, orderId, (order, at) => deliver(order, { at }));

/** Asks for a refund once per `refundId`; the money moves when the order is processed. */
export const refundOrder = (
  effects: ChangeOrderEffects,
  caller: Caller,
  orderId: string,
  wish: { refundId: string; amount?: number | undefined; reason: string },
): Promise<Order> =>
  asStaff(effects, caller, orderId, (order, at) =>
    requestRefund(order, { at, refundId: wish.refundId, amount: wish.amount, reason: wish.reason }),
  );

/** Sends a paid order to fulfilment when its cancellation window is over; anything else has been decided meanwhile. */
export const startProcessingOrder = async (effects: ChangeOrderEffects, orderId: string): Promise<void> => {
  const find = async () => {
    const order = await effects.orders.find(orderId);
    if (!order) throw new Error(`order ${orderId} is to be processed but does not exist`);
    return order;
  };
  await decideOnNewest(effects, find, (order, at) =>
    order.status === 'paid' && pendingRefunds(order).length === 0 ? startProcessing(order, { at }) : [],
  );
};
