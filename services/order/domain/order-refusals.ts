/** Every way in which the order service says no. */
import { type FieldError, Refusal } from '../../kit/values/refusal.ts';

/** A step that the state of the order does not allow; `code` names the step. */
export const stepRefused = (id: string, status: string, code: string, wish: string) =>
  new Refusal('conflict', code, `Order ${id} is ${status} and cannot be ${wish}.`);

export const refundBegun = (id: string, wayOut: string) =>
  new Refusal('conflict', 'order.refund-begun', `Order ${id} is being refunded${wayOut}.`);

export const beingPacked = (id: string) =>
  new Refusal(
    'conflict',
    'order.not-cancellable',
    `Order ${id} is being packed and can be cancelled by the shop's staff alone.`,
  );

export const nothingToRefund = (id: string, captured: number) =>
  new Refusal(
    'conflict',
    'order.already-refunded',
    captured === 0
      ? `Order ${id} cost nothing, so there is nothing to refund; cancel it to have its goods back.`
      : `Order ${id} has nothing left to refund.`,
  );

export const refundCurrencyWrong = (id: string, paidIn: string, asked: string) =>
  new Refusal(
    'unprocessable',
    'order.refund-currency',
    `Order ${id} was paid in ${paidIn} and cannot be refunded in ${asked}.`,
    { errors: [{ path: 'amount.currency', message: `must be ${paidIn}` }] },
  );

export const refundTooLarge = (id: string, left: number, wanted: number) =>
  new Refusal(
    'conflict',
    'order.refund-too-large',
    `Order ${id} has ${left} minor units left to refund, not ${wanted}.`,
    {
      errors: [{ path: 'amount.amount', message: `must be at most ${left}` }],
    },
  );

export const returnedUnbought = (id: string, errors: readonly FieldError[]) =>
  new Refusal('unprocessable', 'order.line-unknown', `Order ${id} has no line of some of these products.`, { errors });

export const returnedTooMany = (id: string, errors: readonly FieldError[]) =>
  new Refusal('conflict', 'order.return-too-large', `Order ${id} has fewer units that can still come back.`, {
    errors,
  });

export const productsUnknown = (errors: readonly FieldError[]) =>
  new Refusal('unprocessable', 'order.product-unknown', 'Some products do not exist any more.', { errors });

export const outOfStock = (errors: readonly FieldError[]) =>
  new Refusal('conflict', 'order.out-of-stock', 'Some products are not in stock in this quantity.', { errors });

export const cartEmpty = () =>
  new Refusal('unprocessable', 'order.cart-empty', 'There is nothing to order; add items to the cart or name them.');

export const currenciesMixed = () =>
  new Refusal(
    'unprocessable',
    'order.mixed-currencies',
    'All products of an order must be priced in one currency; order them apart.',
  );

export const orderTooLarge = (total: string, limit: string) =>
  new Refusal(
    'unprocessable',
    'order.too-large',
    `The total of ${total} is beyond the limit of ${limit}; order less at once.`,
  );

export const orderBusy = () =>
  new Refusal('conflict', 'order.busy', 'The order is being changed by others at this moment; try again.', {
    retryAfterSeconds: 1,
  });

export const orderUnknown = (id: string) =>
  new Refusal('missing', 'order.unknown', `There is no order ${id} among your orders.`);

/** The caller has neither an account nor a guest session. */
export const callerUnknown = (wayOut: string) => new Refusal('unauthenticated', 'token.missing', wayOut);

export const emailMissing = () =>
  new Refusal('invalid', 'order.email-missing', 'A guest order needs an e-mail address to send the confirmation to.', {
    errors: [{ path: 'email', message: 'is required without an account' }],
  });

/** Another request with the same Idempotency-Key is at work. */
export const orderInFlight = (why: string) =>
  new Refusal('conflict', 'order.in-flight', `${why}; ask again shortly.`, { retryAfterSeconds: 1 });

/** `used` and `wanted` complete the sentence: `order`, `order`. */
export const keyReused = (used: string, wanted: string) =>
  new Refusal(
    'unprocessable',
    'order.key-reused',
    `This Idempotency-Key was used for another ${used}; use a new key for a new ${wanted}.`,
  );

export const placedAsAnother = () =>
  new Refusal(
    'conflict',
    'order.placed-as-another',
    'This very request placed an order already, under the same Idempotency-Key, by another account or session; sign in as then to see it.',
  );

export const cursorMalformed = () =>
  new Refusal('invalid', 'request.invalid', 'The cursor is not one that this list gave out.', {
    errors: [{ path: 'cursor', message: 'is malformed' }],
  });
