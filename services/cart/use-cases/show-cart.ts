import type { Cart as CartAnswer } from '../../contracts/http/cart-api.ts';
import type { Cart } from '../domain/cart.ts';
import type { CartOwner } from '../domain/cart-owner.ts';
import { orderPending } from '../domain/cart-refusals.ts';
import { viewCart } from '../domain/cart-view.ts';
import type { CartEffects } from './cart-effects.ts';
import { cartVersion } from './cart-version.ts';

type Effects = Pick<CartEffects, 'carts' | 'catalogue'>;

/** How a cart is to be seen: no longer holding what these orders bought, with the catalogue's prices of this moment. */
export type Look = { readonly after: readonly string[]; readonly withPricesOfNow: boolean };

/** A cart with the titles and prices of the catalogue; without them, and saying so, while it is away. */
export const describeCart = async (
  { catalogue }: Pick<Effects, 'catalogue'>,
  cart: Cart | undefined,
  { withPricesOfNow }: Pick<Look, 'withPricesOfNow'> = { withPricesOfNow: false },
): Promise<CartAnswer> => {
  const lines = cart?.lines ?? [];
  const ids = lines.map(({ productId }) => productId);
  const ask = withPricesOfNow ? catalogue.askNow : catalogue.lookUp;
  return viewCart(cart, ids.length === 0 ? new Map() : await ask(ids), cartVersion(lines));
};

/**
 * The owner's cart; an empty one for an owner who has none. Refuses (`cart.order-pending`) while an order that it is to be
 * seen after has not been heard of: that is asked first, so that the lines are never older than the answer.
 */
export const showCart = async (effects: Effects, owner: CartOwner, look: Look): Promise<CartAnswer> => {
  const unheard = look.after.length === 0 ? [] : await effects.carts.unheard(look.after);
  if (unheard.length > 0) throw orderPending(unheard);
  return describeCart(effects, await effects.carts.find(owner), look);
};
