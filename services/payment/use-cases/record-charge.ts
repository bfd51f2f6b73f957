/** How what the provider says becomes what we know. */
import { type Charge, catchUp, type Payment } from '../domain/payment.ts';
import { orderUnpaid, outcomeUnknown, paymentBusy } from '../domain/payment-refusals.ts';
import type { PaymentEffects } from './payment-effects.ts';

/** Tries beyond which others change the payment faster than we can record. */
const maxTries = 10;

/** The payment of an order; refuses `payment.unknown` when none was begun. */
export const requirePayment = async ({ payments }: PaymentEffects, orderId: string): Promise<Payment> => {
  const payment = await payments.find(orderId);
  if (!payment) throw orderUnpaid(orderId);
  return payment;
};

/**
 * Brings what we know in line with what the provider said, whoever else records at the same time.
 * @param known the payment as it was before the provider was asked, where the answer must change it: it is tried before reading
 * again, and its version refuses it if somebody else recorded meanwhile
 */
export const recordCharge = async (
  effects: PaymentEffects,
  orderId: string,
  charge: Charge,
  known?: Payment,
): Promise<Payment> => {
  for (let attempt = 0; attempt < maxTries; attempt++) {
    const payment = attempt === 0 && known ? known : await requirePayment(effects, orderId);
    const recorded = await effects.payments.record(
      payment,
      catchUp(payment, charge, effects.clock.now().toISOString()),
    );
    if (recorded) return recorded;
  }
  throw paymentBusy(orderId);
};

/** Asks the provider; silence becomes a refusal that tells the caller to come back. */
export const ask = async (effects: PaymentEffects, orderId: string, call: () => Promise<Charge>): Promise<Charge> => {
  try {
    return await call();
  } catch (problem) {
    if (!effects.isSilence(problem)) throw problem;
    throw outcomeUnknown(orderId, problem);
  }
};

/** The charge's name at the provider; a decided, accepted payment always has one. */
export const referenceOf = (payment: Payment): string => {
  if (payment.reference === null)
    throw new Error(`payment ${payment.id} is ${payment.status} but has no reference at the provider`);
  return payment.reference;
};
