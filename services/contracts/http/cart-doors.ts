/** The cart of the caller; every answer is the cart as it is afterwards. */
import { z } from 'zod';
import { addItemBody, agreeToPricesBody, cartSchema, changeItemBody, showCartQuery } from './cart-api.ts';
import type { Doors } from './door.ts';
import { productIdSchema } from './values.ts';

const own = {
  access: 'customer-or-guest',
  newGuest: 'goes-on',
  tags: ['cart'],
  answers: { 200: cartSchema },
} as const;
const params = z.strictObject({ productId: productIdSchema });

export const cartDoors = {
  show: {
    ...own,
    method: 'GET',
    path: '/cart',
    summary: 'The own cart',
    description:
      'Its version and total, given along with the order, make sure that nothing else is bought than what was seen. `notices` tell what changed since a line was put in.',
    query: showCartQuery,
    errors: ['cart.order-pending', 'product.unavailable'],
  },
  clear: { ...own, method: 'DELETE', path: '/cart', summary: 'Empty the own cart' },
  add: {
    ...own,
    method: 'POST',
    path: '/cart/items',
    summary: 'Put a product into the own cart',
    body: addItemBody,
    errors: ['product.unknown', 'cart.line-full', 'cart.full'],
  },
  change: {
    ...own,
    method: 'PATCH',
    path: '/cart/items/:productId',
    summary: 'Change the quantity of a product',
    params,
    body: changeItemBody,
    errors: ['cart.line-missing'],
  },
  remove: {
    ...own,
    method: 'DELETE',
    path: '/cart/items/:productId',
    summary: 'Take a product out of the own cart',
    params,
  },
  agree: {
    ...own,
    method: 'POST',
    path: '/cart/prices',
    summary: 'Agree to prices that changed',
    description:
      'Ends the notices of lines that cost what the buyer saw. Those of short stock and of products that are gone end with a change of the line.',
    body: agreeToPricesBody,
    errors: ['product.unavailable'],
  },
} as const satisfies Doors;
