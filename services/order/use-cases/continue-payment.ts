import { type Caller, isStaff } from '../../kit/auth/caller.ts';
import type { Order } from '../domain/order.ts';
import { orderUnknown } from '../domain/order-refusals.ts';
import type { ChangeOrderEffects } from './decide-on-newest.ts';
import { findOrder } from './find-order.ts';
import { type ProcessOrderEffects, processOrder } from './process-order.ts';

export type ContinuePaymentEffects = ChangeOrderEffects & { readonly driving: ProcessOrderEffects };

/** An order, and with what its buyer's browser asks the bank on, where it has to. */
type Continued = { readonly order: Order; readonly buyerSecret: string | null };

/**
 * Goes on with a payment that its buyer comes back to: says what the bank still asks for, else takes the money or learns why not.
 * The buyer's own door: what opens a payment is shown to no member of staff.
 */
export const continuePayment = async (
  effects: ContinuePaymentEffects,
  caller: Caller,
  orderId: string,
): Promise<Continued> => {
  const { driving } = effects;
  const order = await findOrder(effects, caller, orderId);
  if (isStaff(caller) && !(caller.kind === 'customer' && order.customer.userId === caller.userId))
    throw orderUnknown(orderId);
  const token = order.status === 'stock-reserved' ? await driving.orders.openPaymentToken(orderId) : null;
  if (token === null || order.total.amount === 0) return { order, buyerSecret: null };
  const payment = await driving.payments.charge(orderId, order.total, token);
  if (payment.status === 'awaiting-buyer') return { order, buyerSecret: payment.buyerSecret };
  return { order: await processOrder(driving, orderId), buyerSecret: null };
};
