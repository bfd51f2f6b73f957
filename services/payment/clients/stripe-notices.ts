/** What Stripe sends to `/webhooks/stripe`: checked to be Stripe's, and read only for which charge it is about. */
import type Stripe from 'stripe';
import type { Notice } from './payment-provider.ts';
import { paymentIdKey } from './stripe-charge.ts';

/** Seconds that a signature is good for: Stripe's own default, and all the time that a recorded request could be sent again in. */
const toleranceSeconds = 300;

const idOf = (value: string | { id: string } | null | undefined): string | undefined =>
  typeof value === 'string' ? value : value?.id;

const noticeOf = ({ id, type, data: { object } }: Stripe.Event): Notice | null => {
  if (type.startsWith('payment_intent.') && object.object === 'payment_intent')
    return { eventId: id, reference: object.id, key: object.metadata[paymentIdKey] };
  const reference =
    'payment_intent' in object ? idOf(object.payment_intent as string | { id: string } | null) : undefined;
  return reference === undefined ? null : { eventId: id, reference, key: undefined };
};

/**
 * The notice in a body, null when it is about nothing that the shop keeps books of, undefined when the signature is not Stripe's or too
 * old. Refunds and disputes name their intent; what they say of it is read from Stripe, since events come late and in any order.
 */
export const readStripeNotice = (
  stripe: Stripe,
  { body, signature, secret }: { body: string; signature: string; secret: string },
): Notice | null | undefined => {
  try {
    return noticeOf(stripe.webhooks.constructEvent(body, signature, secret, toleranceSeconds));
  } catch {
    return undefined;
  }
};
