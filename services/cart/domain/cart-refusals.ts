import { Refusal } from '../../kit/values/refusal.ts';

export const productUnknown = (productId: string) =>
  new Refusal(
    'missing',
    'product.unknown',
    `There is no product ${productId} in the catalogue; it may have been removed.`,
  );

export const productUnavailable = () =>
  new Refusal(
    'unavailable',
    'product.unavailable',
    'The catalogue cannot be reached, so what it says of a product is not known; try again.',
    { retryAfterSeconds: 5 },
  );

export const lineMissing = (productId: string) =>
  new Refusal('missing', 'cart.line-missing', `Product ${productId} is not in the cart; add it first.`);

export const lineFull = (productId: string, present: number) =>
  new Refusal(
    'conflict',
    'cart.line-full',
    `The cart holds ${present} of product ${productId} and may hold 99; add fewer.`,
  );

export const cartFull = () =>
  new Refusal('conflict', 'cart.full', 'The cart holds 100 different products, which is the most; take one out first.');

export const orderPending = (orderIds: readonly string[]) =>
  new Refusal(
    'conflict',
    'cart.order-pending',
    `The cart may still hold what ${orderIds.join(' and ')} bought; look again in a moment.`,
    { retryAfterSeconds: 1 },
  );
