/** Every way in which the payment service says no. */
import { Refusal } from '../../kit/values/refusal.ts';

export const orderUnpaid = (orderId: string) =>
  new Refusal('missing', 'payment.unknown', `Order ${orderId} has no payment.`);

export const paymentUnknown = (id: string) => new Refusal('missing', 'payment.unknown', `There is no payment ${id}.`);

export const paymentBusy = (orderId: string) =>
  new Refusal(
    'unavailable',
    'payment.busy',
    `The payment of order ${orderId} is being changed by others at this moment; try again.`,
    { retryAfterSeconds: 1 },
  );

export const outcomeUnknown = (orderId: string, cause: unknown) =>
  new Refusal(
    'unavailable',
    'payment.outcome-unknown',
    `The payment provider did not answer about order ${orderId}; ask again.`,
    { retryAfterSeconds: 2, cause },
  );

export const amountChanged = (orderId: string, { amount, currency }: { amount: number; currency: string }) =>
  new Refusal(
    'conflict',
    'payment.amount-changed',
    `Order ${orderId} is being paid with ${amount} ${currency}; its amount cannot change.`,
  );

export const notAuthorised = (orderId: string, status: string) =>
  new Refusal(
    'conflict',
    'payment.not-authorised',
    `The payment of order ${orderId} is ${status}; authorise it first.`,
  );

export const refundChanged = (refundId: string, amount: number) =>
  new Refusal(
    'conflict',
    'payment.refund-changed',
    `Refund ${refundId} is over ${amount} minor units; its amount cannot change.`,
  );

export const notCaptured = (orderId: string) =>
  new Refusal(
    'conflict',
    'payment.not-captured',
    `Nothing was captured for order ${orderId}, so nothing can be refunded.`,
  );

export const refundTooLarge = (orderId: string, left: number, wanted: number) =>
  new Refusal(
    'conflict',
    'payment.refund-too-large',
    `Order ${orderId} has ${left} minor units left to refund, not ${wanted}.`,
  );

export const cursorMalformed = () =>
  new Refusal('invalid', 'request.invalid', 'The cursor is not one that this list gave out.', {
    errors: [{ path: 'cursor', message: 'is malformed' }],
  });

export const notAwaited = () =>
  new Refusal('missing', 'webhook.not-awaited', 'Stripe moves no money of this shop, so nothing is awaited from it.');

export const signatureInvalid = () =>
  new Refusal(
    'invalid',
    'webhook.signature-invalid',
    "The signature is not that of Stripe over these bytes, or is older than five minutes; compare the endpoint's secret with STRIPE_WEBHOOK_SECRET.",
  );
