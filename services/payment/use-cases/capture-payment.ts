import { Refusal } from '../../kit/values/refusal.ts';
import type { Payment } from '../domain/payment.ts';
import { ask, type PaymentEffects, recordCharge, referenceOf, requirePayment } from './payment-effects.ts';

/** Takes the authorised money. A captured payment answers as it is; a voided or declined one too, with nothing taken. */
export const capturePayment = async (effects: PaymentEffects, orderId: string): Promise<Payment> => {
  const payment = await requirePayment(effects, orderId);
  if (payment.status === 'pending' || payment.status === 'unknown')
    throw new Refusal(
      'conflict',
      'payment.not-authorised',
      `The payment of order ${orderId} is ${payment.status}; authorise it first.`,
    );
  if (payment.status !== 'authorised') return payment;
  return recordCharge(
    effects,
    orderId,
    await ask(effects, orderId, () => effects.provider.capture({ reference: referenceOf(payment) })),
  );
};
