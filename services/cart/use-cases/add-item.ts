import { addLine, type Cart, type CartLine, quantityOf } from '../domain/cart.ts';
import { changedByHand } from '../domain/cart-fact.ts';
import type { CartOwner } from '../domain/cart-owner.ts';
import { productUnavailable, productUnknown } from '../domain/cart-refusals.ts';
import type { CartEffects } from './cart-effects.ts';

type Effects = Pick<CartEffects, 'carts' | 'catalogue' | 'figures'>;

/**
 * Puts units of a product into the owner's cart; adding at the same time adds up.
 * While the catalogue is away, only products that the cart holds already, or that were seen lately, can be added.
 */
export const addItem = async (
  { carts, catalogue, figures }: Effects,
  owner: CartOwner,
  line: CartLine,
): Promise<Cart> => {
  const known = (await catalogue.lookUp([line.productId])).get(line.productId) ?? 'unreachable';
  if (known === 'unknown') throw productUnknown(line.productId);
  const { cart, created } = await carts.change(owner, (lines) => {
    if (known === 'unreachable' && quantityOf(lines, line.productId) === 0) throw productUnavailable();
    const seenPrice = known === 'unreachable' ? undefined : known.price;
    return changedByHand(addLine(lines, { ...line, seenPrice }));
  });
  if (created) figures.cartCreated();
  return cart;
};
