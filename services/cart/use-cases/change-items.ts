import { type Cart, type CartLine, changeLine, clearLines, removeLine } from '../domain/cart.ts';
import { changedByHand } from '../domain/cart-fact.ts';
import type { CartOwner } from '../domain/cart-owner.ts';
import { lineMissing } from '../domain/cart-refusals.ts';
import type { CartRepository } from '../storage/cart-repository.ts';
import type { CartEffects } from './cart-effects.ts';

type Carts = Pick<CartRepository, 'changeExisting'>;

/** Sets the quantity of a product that is in the cart, which agrees to its price of now where the catalogue tells it. */
export const changeItem = async (
  { carts, catalogue }: Pick<CartEffects, 'catalogue'> & { readonly carts: Carts },
  owner: CartOwner,
  line: CartLine,
): Promise<Cart> => {
  const known = (await catalogue.lookUp([line.productId])).get(line.productId);
  const seenPrice = typeof known === 'object' ? known.price : undefined;
  const changed = await carts.changeExisting(owner, (lines) =>
    changedByHand(changeLine(lines, { ...line, seenPrice })),
  );
  if (!changed) throw lineMissing(line.productId);
  return changed.cart;
};

/** Takes a product out; a product that is not in the cart is out already. Undefined for an owner without a cart. */
export const removeItem = async (carts: Carts, owner: CartOwner, productId: string): Promise<Cart | undefined> =>
  (await carts.changeExisting(owner, (lines) => changedByHand(removeLine(lines, productId))))?.cart;

export const clearCart = async (carts: Carts, owner: CartOwner): Promise<Cart | undefined> =>
  (await carts.changeExisting(owner, (lines) => changedByHand(clearLines(lines))))?.cart;
