import type { cartDoors } from '../../contracts/http/cart-doors.ts';
import type { DoorHandlers } from '../../kit/http/doors.ts';
import { addItem } from '../use-cases/add-item.ts';
import { agreeToPrices } from '../use-cases/agree-to-prices.ts';
import type { CartEffects } from '../use-cases/cart-effects.ts';
import { changeItem, clearCart, removeItem } from '../use-cases/change-items.ts';
import { openCart } from '../use-cases/open-cart.ts';
import { describeCart, showCart } from '../use-cases/show-cart.ts';

/** What the doors of the cart do. */
export const cartHandlers = (effects: CartEffects): DoorHandlers<typeof cartDoors> => {
  const { carts } = effects;
  return {
    show: async ({ caller, query: { after, prices } }) =>
      showCart(effects, await openCart(effects, caller), {
        after: after?.split(',') ?? [],
        withPricesOfNow: prices === 'now',
      }),
    clear: async ({ caller }) => describeCart(effects, await clearCart(carts, await openCart(effects, caller))),
    add: async ({ caller, body }) =>
      describeCart(effects, await addItem(effects, await openCart(effects, caller), body)),
    change: async ({ caller, params: { productId }, body: { quantity } }) =>
      describeCart(effects, await changeItem(effects, await openCart(effects, caller), { productId, quantity })),
    remove: async ({ caller, params: { productId } }) =>
      describeCart(effects, await removeItem(carts, await openCart(effects, caller), productId)),
    agree: async ({ caller, body: { prices } }) => {
      const owner = await openCart(effects, caller);
      await agreeToPrices(effects, owner, prices);
      return describeCart(effects, await carts.find(owner), { withPricesOfNow: true });
    },
  };
};
