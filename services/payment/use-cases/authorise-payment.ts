import { type Charge, isBarred, isUndecided, type Payment } from '../domain/payment.ts';
import { amountChanged } from '../domain/payment-refusals.ts';
import { capturePayment } from './capture-payment.ts';
import type { PaymentEffects } from './payment-effects.ts';
import { ask, recordCharge } from './record-charge.ts';

type ResolveOptions = {
  /** The payment's token where it was just read with it. */
  readonly token?: string | null;
  /** Whether the money is taken too, once it is authorised; default false. */
  readonly capture?: boolean;
};

/** A payment as it is now, and what its buyer's browser needs where the bank asks who pays. */
export type ResolvedPayment = Payment & Pick<Charge, 'buyerSecret'>;

/**
 * Learns the outcome of a begun payment. The key is the payment's own id, never a fresh one, so that asking again
 * after a lost answer or a crash cannot charge twice.
 */
export const resolvePayment = async (
  effects: PaymentEffects,
  payment: Payment,
  { token: known, capture = false }: ResolveOptions = {},
): Promise<ResolvedPayment> => {
  if (!isUndecided(payment)) return payment;
  const token = known ?? (await effects.payments.token(payment.id));
  if (token === null) return recordedElsewhere(effects, payment);
  try {
    const { provider } = effects;
    const amount = { amount: payment.amount, currency: payment.currency };
    const asked = (call: () => Promise<Charge>) => ask(effects, payment.orderId, call);
    const begunAt = new Date(payment.createdAt);
    const charge = await asked(() => provider.authorise({ key: payment.id, amount, token, capture, begunAt }));
    if (charge.status === 'awaiting-buyer') {
      const { reference, buyerSecret } = charge;
      await effects.payments.noteAwaiting(payment.id, reference);
      return { ...payment, status: 'pending', reference, ...(buyerSecret !== undefined && { buyerSecret }) };
    }
    // The provider knew it already, from an earlier call that was not to take the money, or takes it in a step of its own.
    const isTaken = capture && charge.status === 'authorised';
    const last = isTaken ? await asked(() => provider.capture({ reference: charge.reference })) : charge;
    return await recordCharge(effects, payment.orderId, last, payment);
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
 * Authorises the payment of an order, and takes the money where `capture` says so, once however often it is asked.
 * Answers the payment as it is now, `pending` while the buyer's bank asks who pays; one that was barred by a cancelled order is declined as `order-cancelled`.
 */
export const authorisePayment = async (
  effects: PaymentEffects,
  {
    orderId,
    amount,
    token,
    capture = false,
  }: { orderId: string; amount: { amount: number; currency: string }; token: string; capture?: boolean },
): Promise<ResolvedPayment> => {
  const { payment, token: begunWith } = await effects.payments.begin(orderId, amount, token);
  if (isBarred(payment)) return { ...payment, status: 'declined', declineReason: 'order-cancelled' };
  if (payment.amount !== amount.amount || payment.currency !== amount.currency) throw amountChanged(orderId, payment);
  const resolved = await resolvePayment(effects, payment, { token: begunWith, capture });
  // Authorised by an earlier call, or by the sweeper after a crash.
  return capture && resolved.status === 'authorised' ? capturePayment(effects, orderId) : resolved;
};
