/** Stripe's payment intents as charges. */
import { createHash } from 'node:crypto';
import type Stripe from 'stripe';
import type { Charge } from '../domain/payment.ts';
import { ProviderSilence } from './payment-provider.ts';
import { declineReasonOf } from './stripe-declines.ts';

/** Where an intent carries the id of the payment that it belongs to, and a refund that of ours. */
export const paymentIdKey = 'cloudmart_payment';
export const refundIdKey = 'cloudmart_refund';

/** Refunds of one charge that are read; our orders have at most a few. */
const mostRefunds = 1_000;

const statusOf = (intent: Stripe.PaymentIntent): Charge['status'] => {
  switch (intent.status) {
    case 'requires_capture':
      return 'authorised';
    case 'succeeded':
      return 'captured';
    case 'canceled':
      return 'voided';
    case 'requires_action':
      return 'awaiting-buyer';
    case 'processing':
      // Cards are decided at once; what still is not is told by a webhook, or when it is asked for again.
      throw new ProviderSilence(`the outcome of ${intent.id}`);
    default:
      return 'declined';
  }
};

/** Refunds that gave money back or are about to; one that failed left it with the shop. */
const isGivenBack = ({ status }: Stripe.Refund): boolean => status !== 'failed' && status !== 'canceled';

/** The id that a refund has here which was made in Stripe's dashboard, the same whenever it is read. */
const refundIdOf = (id: string): string => `rfd_0${createHash('sha256').update(id).digest('hex').slice(0, 25)}`;

/** The refunds of an intent that took money, by our ids. */
export const refundsOf = async (stripe: Stripe, intent: Stripe.PaymentIntent): Promise<Charge['refunds']> => {
  const { latest_charge: charge } = intent;
  if (intent.amount_received === 0 || (charge instanceof Object && charge.amount_refunded === 0)) return [];
  const refunds = await stripe.refunds
    .list({ payment_intent: intent.id, limit: 100 })
    .autoPagingToArray({ limit: mostRefunds });
  // Oldest first, as they were made.
  return refunds
    .filter(isGivenBack)
    .map(({ id, metadata, amount }) => ({ refundId: metadata?.[refundIdKey] ?? refundIdOf(id), amount }))
    .reverse();
};

/** What an intent says, with refunds that were read beside it. */
export const chargeFrom = (intent: Stripe.PaymentIntent, refunds: Charge['refunds']): Charge => {
  const status = statusOf(intent);
  return {
    reference: intent.id,
    status,
    captured: intent.amount_received,
    refunds,
    declineReason: status === 'declined' ? declineReasonOf(intent.last_payment_error ?? {}) : null,
    ...(status === 'awaiting-buyer' && intent.client_secret !== null && { buyerSecret: intent.client_secret }),
  };
};
