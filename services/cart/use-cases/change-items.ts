import { type Cart, type CartLine, changeLine, clearLines, removeLine } from '../domain/cart.ts';
import { changedByHand } from '../domain/cart-fact.ts';
import type { CartOwner } from '../domain/cart-owner.ts';
import { lineMissing } from '../domain/cart-refusals.ts';
import type { CartRepository } from '../storage/cart-repository.ts';

type Carts = Pick<CartRepository, 'changeExisting'>;

/** Sets the quantity of a product that is in the cart. */
export const changeItem = async (carts: Carts, owner: CartOwner, line: CartLine): Promise<Cart> => {
  const changed = await carts.changeExisting(owner, (lines) => changedByHand(changeLine(lines, line)));
  if (!changed) throw lineMissing(line.productId);
  return changed.cart;
};

/** Takes a product out; a product that is not in the cart is out already. Undefined for an owner without a cart. */
export const removeItem = async (carts: Carts, owner: CartOwner, productId: string): Promise<Cart | undefined> =>
  (await carts.changeExisting(owner, (lines) => changedByHand(removeLine(lines, productId))))?.cart;

export const clearCart = async (carts: Carts, owner: CartOwner): Promise<Cart | undefined> =>
  (await carts.changeExisting(owner, (lines) => changedByHand(clearLines(lines))))?.cart;
