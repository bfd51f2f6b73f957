import * as z from 'zod';
import { addressOf } from '../../contracts/http/address-of.ts';
import { cartVersionSchema, quantitySchema, type showCartQuery } from '../../contracts/http/cart-api.ts';
import { cartDoors } from '../../contracts/http/cart-doors.ts';
import { productIdSchema } from '../../contracts/http/values.ts';
import { createHttpClient, type HttpClientOptions } from '../../kit/http/http-client.ts';
import type { Item } from '../domain/pricing.ts';

/** What an order takes from a cart. Carts of a newer release may tell more, so the rest is left unread. */
const boughtPart = z.object({
  items: z.array(z.object({ productId: productIdSchema, quantity: quantitySchema })),
  version: cartVersionSchema,
});

/** After which orders the cart is to be seen, and with which prices. */
type Look = { readonly after?: readonly string[]; readonly prices?: (typeof showCartQuery)['_output']['prices'] };

export const createCartClient = (options: HttpClientOptions) => {
  const cart = createHttpClient(options);
  return {
    /** What the caller's cart holds; the prices that it shows are not taken over. */
    look: async (
      credentials: {
        authorization?: string | undefined;
        sessionId?: string | undefined;
      },
      { after = [], prices }: Look,
    ): Promise<{ items: Item[]; version: string }> => {
      const answer = await cart.request({
        method: 'GET',
        path: addressOf(cartDoors.show, { query: { after: after.length === 0 ? undefined : after.join(','), prices } }),
        headers: {
          ...(credentials.authorization && { authorization: credentials.authorization }),
          ...(credentials.sessionId && { 'x-session-id': credentials.sessionId }),
        },
      });
      return boughtPart.parse(answer.body);
    },
  };
};

export type CartClient = ReturnType<typeof createCartClient>;
