import { addressOf } from '../../contracts/http/address-of.ts';
import { cartSchema, type showCartQuery } from '../../contracts/http/cart-api.ts';
import { cartDoors } from '../../contracts/http/cart-doors.ts';
import { createHttpClient, type HttpClientOptions } from '../../kit/http/http-client.ts';
import type { Item } from '../domain/pricing.ts';

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
      const { items, version } = cartSchema.parse(answer.body);
      return { items: items.map(({ productId, quantity }) => ({ productId, quantity })), version };
    },
  };
};

export type CartClient = ReturnType<typeof createCartClient>;
