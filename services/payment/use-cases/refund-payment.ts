import { type Payment, refundable } from '../domain/payment.ts';
import { notCaptured, paymentBusy, refundChanged, refundTooLarge } from '../domain/payment-refusals.ts';
import type { PaymentEffects } from './payment-effects.ts';
import { ask, recordCharge, referenceOf, requirePayment } from './record-charge.ts';

export type RefundWish = { readonly refundId: string; readonly amount: number; readonly reason: string };

/** Tries beyond which others refund faster than we can note. */
const maxTries = 10;

/** Notes the refund first, so that two of them together never ask for more than was captured. */
const note = async (effects: PaymentEffects, orderId: string, wish: RefundWish): Promise<Payment> => {
  for (let attempt = 0; attempt < maxTries; attempt++) {
    const payment = await requirePayment(effects, orderId);
    const known = payment.refunds.find(({ refundId }) => refundId === wish.refundId);
    if (known && known.amount !== wish.amount) throw refundChanged(wish.refundId, known.amount);
    if (known) return payment;
    if (payment.captured === 0) throw notCaptured(orderId);
    if (wish.amount > refundable(payment)) throw refundTooLarge(orderId, refundable(payment), wish.amount);
    if (
      await effects.payments.noteRefund(payment, { ...wish, done: false, createdAt: effects.clock.now().toISOString() })
    )
      return payment;
  }
  throw paymentBusy(orderId);
};

/** Gives money back once per refund id. */
export const refundPayment = async (effects: PaymentEffects, orderId: string, wish: RefundWish): Promise<Payment> => {
  const payment = await note(effects, orderId, wish);
  if (payment.refunds.some(({ refundId, done }) => refundId === wish.refundId && done)) return payment;
  const amount = { amount: wish.amount, currency: payment.currency };
  const charge = await ask(effects, orderId, () =>
    effects.provider.refund({ reference: referenceOf(payment), refundId: wish.refundId, amount }),
  );
  return recordCharge(effects, orderId, charge);
};
