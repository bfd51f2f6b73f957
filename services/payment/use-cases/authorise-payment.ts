import { isBarred, isUndecided, type Payment } from '../domain/payment.ts';
import { amountChanged } from '../domain/payment-refusals.ts';
import type { PaymentEffects } from './payment-effects.ts';
import { ask, recordCharge } from './record-charge.ts';

/**
 * Learns the outcome of a begun payment. The key is the payment's own id, never a fresh one, so that asking again
 * after a lost answer or a crash cannot charge twice.
 * @param known the payment's token where it was just read with it
 */
export const resolvePayment = async (
  effects: PaymentEffects,
  payment: Payment,
  known?: string | null,
): Promise<Payment> => {
  if (!isUndecided(payment)) return payment;
  const token = known ?? (await effects.payments.token(payment.id));
  if (token === null) return recordedElsewhere(effects, payment);
  try {
    const charge = await ask(effects, payment.orderId, () =>
      effects.provider.authorise({
        key: payment.id,
        amount: { amount: payment.amount, currency: payment.currency },
        token,
      }),
    );
    return await recordCharge(effects, payment.orderId, charge, payment);
  } catch (problem) {
    await effects.payments.markUnknown(payment.id);
    throw problem;
  }
};

/** The token is erased in the statement that records the outcome, so the outcome is there to be read. */
const recordedElsewhere = async ({ payments }: PaymentEffects, { orderId }: Payment): Promise<Payment> => {
  const payment = await payments.find(orderId);
  if (!payment || isUndecided(payment))
    throw new Error(`the payment of order ${orderId} has neither a token nor an outcome`);
  return payment;
};

/**
 * Authorises the payment of an order, once however often it is asked.
 * Answers the payment as it is now; one that was barred by a cancelled order is declined as `order-cancelled`.
 */
export const authorisePayment = async (
  effects: PaymentEffects,
  { orderId, amount, token }: { orderId: string; amount: { amount: number; currency: string }; token: string },
): Promise<Payment> => {
  const { payment, token: begunWith } = await effects.payments.begin(orderId, amount, token);
  if (isBarred(payment)) return { ...payment, status: 'declined', declineReason: 'order-cancelled' };
  if (payment.amount !== amount.amount || payment.currency !== amount.currency) throw amountChanged(orderId, payment);
  return resolvePayment(effects, payment, begunWith);
};
