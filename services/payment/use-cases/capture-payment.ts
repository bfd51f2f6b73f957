import type { Payment } from '../domain/payment.ts';
import { notAuthorised } from '../domain/payment-refusals.ts';
import type { PaymentEffects } from './payment-effects.ts';
import { ask, recordCharge, referenceOf, requirePayment } from './record-charge.ts';

/** Takes the authorised money. A captured payment answers as it is; a voided or declined one too, with nothing taken. */
export const capturePayment = async (effects: PaymentEffects, orderId: string): Promise<Payment> => {
  const payment = await requirePayment(effects, orderId);
  if (payment.status === 'pending' || payment.status === 'unknown') throw notAuthorised(orderId, payment.status);
  if (payment.status !== 'authorised') return payment;
  const charge = await ask(effects, orderId, () => effects.provider.capture({ reference: referenceOf(payment) }));
  return recordCharge(effects, orderId, charge, payment);
};
