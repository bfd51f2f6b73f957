import { Refusal } from '../../kit/values/refusal.ts';
import { type Payment, refundable } from '../domain/payment.ts';
import { ask, type PaymentEffects, recordCharge, referenceOf, requirePayment } from './payment-effects.ts';

export type RefundWish = { readonly refundId: string; readonly amount: number; readonly reason: string };

/** Tries beyond which others refund faster than we can note. */
const maxTries = 10;

/** Notes the refund first, so that two of them together never ask for more than was captured. */
const note = async (effects: PaymentEffects, orderId: string, wish: RefundWish): Promise<Payment> => {
  for (let attempt = 0; attempt < maxTries; attempt++) {
    const payment = await requirePayment(effects, orderId);
    const known = payment.refunds.find(({ refundId }) => refundId === wish.refundId);
    if (known && known.amount !== wish.amount)
      throw new Refusal(
        'conflict',
        'payment.refund-changed',
        `Refund ${wish.refundId} is over ${known.amount} minor units; its amount cannot change.`,
      );
    if (known) return payment;
    if (payment.captured === 0)
      throw new Refusal(
        'conflict',
        'payment.not-captured',
        `Nothing was captured for order ${orderId}, so nothing can be refunded.`,
      );
    if (wish.amount > refundable(payment))
      throw new Refusal(
        'conflict',
        'payment.refund-too-large',
        `Order ${orderId} has ${refundable(payment)} minor units left to refund, not ${wish.amount}.`,
      );
    if (
      await effects.payments.noteRefund(payment, { ...wish, done: false, createdAt: effects.clock.now().toISOString() })
    )
      return payment;
  }
  throw new Refusal(
    'unavailable',
    'payment.busy',
    `The payment of order ${orderId} is being changed by others at this moment; try again.`,
    { retryAfterSeconds: 1 },
  );
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
