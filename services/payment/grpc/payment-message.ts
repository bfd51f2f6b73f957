import type * as proto from '../../contracts/generated/cloudmart/payment/v1/payment.ts';
import type { Payment } from '../domain/payment.ts';

/** A payment as the calls answer it. */
export const messageOf = ({ currency, ...payment }: Payment): proto.Payment => ({
  id: payment.id,
  orderId: payment.orderId,
  status: payment.status,
  amount: { amount: payment.amount, currency },
  captured: { amount: payment.captured, currency },
  refunded: { amount: payment.refunded, currency },
  declineReason: payment.declineReason ?? undefined,
});
