import { type Caller, isStaff } from '../../kit/auth/caller.ts';
import { type Order, pendingRefunds } from '../domain/order.ts';
import { cancel, deliver, type RefundWish, requestRefund, ship, startProcessing } from '../domain/order-decisions.ts';
import { type ReturnWish, returnItems } from '../domain/return-items.ts';
import { type ChangeOrderEffects, type DecideOrder, decideOnNewest, existingOrder } from './decide-on-newest.ts';
import { findOrder } from './find-order.ts';

/** Who stands in the order's history beside what was done. */
export const actorOf = (caller: Caller): string => {
  if (caller.kind === 'customer') return caller.userId;
  return caller.kind === 'guest' ? caller.sessionId : 'nobody';
};

const change = (effects: ChangeOrderEffects, caller: Caller, orderId: string, decide: DecideOrder): Promise<Order> =>
  decideOnNewest(
    effects,
    () => findOrder(effects, caller, orderId),
    (order, at) => decide(order, at).map((event) => ({ ...event, by: actorOf(caller) })),
  );

/** Cancels the caller's own order, or as staff any order, with the caller's words about it as the note; what was taken is given back by the process that drives it. */
export const cancelOrder = (
  effects: ChangeOrderEffects,
  caller: Caller,
  orderId: string,
  note?: string,
): Promise<Order> =>
  change(effects, caller, orderId, (order, at) =>
    cancel(order, { at, reason: isStaff(caller) ? 'cancelled-by-staff' : 'cancelled-by-customer', note }),
  );

/** For staff alone, as are {@link deliverOrder}, {@link refundOrder} and {@link returnOrderItems}: their doors let in nobody else. */
export const shipOrder = (
  effects: ChangeOrderEffects,
  caller: Caller,
  orderId: string,
  parcel: { carrier: string; trackingNumber: string },
): Promise<Order> => change(effects, caller, orderId, (order, at) => ship(order, { at, ...parcel }));

export const deliverOrder = (effects: ChangeOrderEffects, caller: Caller, orderId: string): Promise<Order> =>
  change(effects, caller, orderId, (order, at) => deliver(order, { at }));

/** Asks for a refund once per `refundId`; the money moves when the order is processed. */
export const refundOrder = (
  effects: ChangeOrderEffects,
  caller: Caller,
  orderId: string,
  wish: RefundWish,
): Promise<Order> => change(effects, caller, orderId, (order, at) => requestRefund(order, { at, ...wish }));

/** Takes back units once per `returnId`, and asks for their refund with it; the money and the goods move when the order is processed. */
export const returnOrderItems = (
  effects: ChangeOrderEffects,
  caller: Caller,
  orderId: string,
  wish: ReturnWish,
): Promise<Order> => change(effects, caller, orderId, (order, at) => returnItems(order, { at, ...wish }));

/** Sends a paid order to fulfilment when its cancellation window is over; anything else has been decided meanwhile. */
export const startProcessingOrder = async (effects: ChangeOrderEffects, orderId: string): Promise<void> => {
  await decideOnNewest(
    effects,
    () => existingOrder(effects, orderId),
    (order, at) =>
      order.status === 'paid' && pendingRefunds(order).length === 0 ? startProcessing(order, { at }) : [],
  );
};
