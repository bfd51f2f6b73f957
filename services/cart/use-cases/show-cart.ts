import type { Cart as CartAnswer } from '../../contracts/http/cart-api.ts';
import type { Cart } from '../domain/cart.ts';
import type { CartOwner } from '../domain/cart-owner.ts';
import { viewCart } from '../domain/cart-view.ts';
import type { CartEffects } from './cart-effects.ts';

type Effects = Pick<CartEffects, 'carts' | 'catalogue'>;

/** A cart with the titles and prices of the catalogue; without them, and saying so, while it is away. */
export const describeCart = async (
  { catalogue }: Pick<Effects, 'catalogue'>,
  cart: Cart | undefined,
): Promise<CartAnswer> => {
  const ids = cart?.lines.map(({ productId }) => productId) ?? [];
  return viewCart(cart, ids.length === 0 ? new Map() : await catalogue.lookUp(ids));
};

/** The owner's cart; an empty one for an owner who has none. */
export const showCart = async (effects: Effects, owner: CartOwner): Promise<CartAnswer> =>
  describeCart(effects, await effects.carts.find(owner));
