import type { Clock } from '../../kit/values/clock.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import type { PaymentProvider } from '../clients/payment-provider.ts';
import { type Charge, catchUp, type Payment } from '../domain/payment.ts';
import type { PaymentRepository } from '../storage/payment-repository.ts';

export type PaymentEffects = {
  readonly payments: PaymentRepository;
  readonly provider: PaymentProvider;
  readonly clock: Clock;
  /** Whether an error means that the provider did not answer, so that the outcome is unknown. */
  readonly isSilence: (problem: unknown) => boolean;
};

/** Tries beyond which others change the payment faster than we can record. */
const maxTries = 10;

/** The payment of an order; refuses `payment.unknown` when none was begun. */
export const requirePayment = async ({ payments }: PaymentEffects, orderId: string): Promise<Payment> => {
  const payment = await payments.find(orderId);
  if (!payment) throw new Refusal('missing', 'payment.unknown', `Order ${orderId} has no payment.`);
  return payment;
};

/** Brings what we know in line with what the provider said, whoever else records at the same time. */
export const recordCharge = async (effects: PaymentEffects, orderId: string, charge: Charge): Promise<Payment> => {
  for (let attempt = 0; attempt < maxTries; attempt++) {
    const payment = await requirePayment(effects, orderId);
    const recorded = await effects.payments.record(
      payment,
      catchUp(payment, charge, effects.clock.now().toISOString()),
    );
    if (recorded) return recorded;
  }
  throw new Refusal(
    'unavailable',
    'payment.busy',
    `The payment of order ${orderId} is being changed by others at this moment; try again.`,
    { retryAfterSeconds: 1 },
  );
};

/** Asks the provider; silence becomes a refusal that tells the caller to come back. */
export const ask = async (effects: PaymentEffects, orderId: string, call: () => Promise<Charge>): Promise<Charge> => {
  try {
    return await call();
  } catch (problem) {
    if (!effects.isSilence(problem)) throw problem;
    throw new Refusal(
      'unavailable',
      'payment.outcome-unknown',
      `The payment provider did not answer about order ${orderId}; ask again.`,
      {
        retryAfterSeconds: 2,
        cause: problem,
      },
    );
  }
};

/** The charge's name at the provider; a decided, accepted payment always has one. */
export const referenceOf = (payment: Payment): string => {
  if (payment.reference === null)
    throw new Error(`payment ${payment.id} is ${payment.status} but has no reference at the provider`);
  return payment.reference;
};
