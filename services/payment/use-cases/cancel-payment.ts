import { isAwaitingBuyer, isBarred, type Payment, refundable } from '../domain/payment.ts';
import { resolvePayment } from './authorise-payment.ts';
import type { PaymentEffects } from './payment-effects.ts';
import { ask, recordCharge, referenceOf, requirePayment } from './record-charge.ts';
import { refundPayment } from './refund-payment.ts';

/** The refund that a cancellation makes; derived from the payment, so that cancelling again finds it. */
const cancellationRefund = (payment: Payment) => `rfd_${payment.id.slice(payment.id.indexOf('_') + 1)}`;

/** Finishes refunds that were begun, then gives back what is left. */
const giveBack = async (effects: PaymentEffects, payment: Payment, reason: string): Promise<Payment> => {
  for (const { done, ...wish } of payment.refunds) if (!done) await refundPayment(effects, payment.orderId, wish);
  const left = refundable(payment);
  if (left > 0)
    await refundPayment(effects, payment.orderId, { refundId: cancellationRefund(payment), amount: left, reason });
  return requirePayment(effects, payment.orderId);
};

/**
 * Makes sure that an order costs its customer nothing: bars a payment that was not begun, voids an authorised one, refunds a captured one.
 * An open outcome is learnt first; while the provider is silent the caller has to come back. Null when nothing had been begun.
 */
export const cancelPayment = async (
  effects: PaymentEffects,
  orderId: string,
  reason: string,
): Promise<Payment | null> => {
  const { payment: begun } = await effects.payments.bar(orderId);
  if (isBarred(begun)) return null;
  const { buyerSecret: _, ...payment } = await resolvePayment(effects, begun);
  if (payment.status === 'captured') return giveBack(effects, payment, reason);
  if (payment.status !== 'authorised' && !isAwaitingBuyer(payment)) return payment;
  const charge = await ask(effects, orderId, () => effects.provider.void({ reference: referenceOf(payment) }));
  const after = await recordCharge(effects, orderId, charge);
  // A capture that was under way may have come first at the provider.
  return after.status === 'captured' ? giveBack(effects, after, reason) : after;
};
