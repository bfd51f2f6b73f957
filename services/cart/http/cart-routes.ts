import * as z from 'zod';
import { addItemBody, cartSchema, changeItemBody } from '../../contracts/http/cart-api.ts';
import { productIdSchema } from '../../contracts/http/values.ts';
import type { HttpServer } from '../../kit/http/http-server.ts';
import { addItem } from '../use-cases/add-item.ts';
import type { CartEffects } from '../use-cases/cart-effects.ts';
import { changeItem, clearCart, removeItem } from '../use-cases/change-items.ts';
import { openCart } from '../use-cases/open-cart.ts';
import { describeCart, showCart } from '../use-cases/show-cart.ts';

const params = z.strictObject({ productId: productIdSchema });

/** REST door of the caller's own cart, under a prefix (`''` or `/api/v1`); every answer is the cart as it is afterwards. */
export const addCartRoutes = (http: HttpServer, effects: CartEffects, prefix: string): void => {
  const { carts } = effects;
  const route = (summary: string) => ({
    config: { access: 'customer-or-guest' as const },
    schema: { tags: ['cart'], summary, response: { 200: cartSchema } },
  });
  const withItem = (summary: string) => {
    const { config, schema } = route(summary);
    return { config, schema: { ...schema, params } };
  };

  http.get(`${prefix}/cart`, route('The own cart'), async ({ caller }) =>
    showCart(effects, await openCart(effects, caller)),
  );

  const { config, schema } = route('Put a product into the own cart');
  http.post(`${prefix}/cart/items`, { config, schema: { ...schema, body: addItemBody } }, async ({ caller, body }) =>
    describeCart(effects, await addItem(effects, await openCart(effects, caller), body)),
  );

  const change = withItem('Change the quantity of a product');
  http.patch(
    `${prefix}/cart/items/:productId`,
    { ...change, schema: { ...change.schema, body: changeItemBody } },
    async ({ caller, params: { productId }, body: { quantity } }) =>
      describeCart(effects, await changeItem(carts, await openCart(effects, caller), { productId, quantity })),
  );

  http.delete(
    `${prefix}/cart/items/:productId`,
    withItem('Take a product out of the own cart'),
    async ({ caller, params: { productId } }) =>
      describeCart(effects, await removeItem(carts, await openCart(effects, caller), productId)),
  );

  for (const path of ['/cart', '/cart/items'])
    http.delete(`${prefix}${path}`, route('Empty the own cart'), async ({ caller }) =>
      describeCart(effects, await clearCart(carts, await openCart(effects, caller))),
    );
};
