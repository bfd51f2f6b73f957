import { cartSchema } from '../../contracts/http/cart-api.ts';
import { createHttpClient, type HttpClientOptions } from '../../kit/http/http-client.ts';
import type { Item } from '../domain/pricing.ts';

export const createCartClient = (options: HttpClientOptions) => {
  const cart = createHttpClient(options);
  return {
    /** What the caller's cart holds; the prices that it shows are not taken over. */
    items: async (credentials: {
      authorization?: string | undefined;
      sessionId?: string | undefined;
    }): Promise<Item[]> => {
      const answer = await cart.request({
        method: 'GET',
        path: '/cart',
        headers: {
          ...(credentials.authorization && { authorization: credentials.authorization }),
          ...(credentials.sessionId && { 'x-session-id': credentials.sessionId }),
        },
      });
      return cartSchema.parse(answer.body).items.map(({ productId, quantity }) => ({ productId, quantity }));
    },
  };
};

export type CartClient = ReturnType<typeof createCartClient>;
