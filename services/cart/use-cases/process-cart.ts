import { viewCart } from '../domain/cart-view.ts';
import type { CartEffects } from './cart-effects.ts';

/**
 * Looks at a cart a moment after it changed: asks the catalogue for its products, so that the owner's next look finds them
 * in the cache, and notes the cart's value. Throws while the catalogue is away, to be tried again.
 */
export const processCart = async (
  { carts, catalogue, clock, figures }: Pick<CartEffects, 'carts' | 'catalogue' | 'clock' | 'figures'>,
  cartId: string,
): Promise<void> => {
  const lines = await carts.lines(cartId);
  if (lines.length === 0) return;
  const knowledge = await catalogue.refresh(lines.map(({ productId }) => productId));
  const { total } = viewCart({ lines, updatedAt: clock.now() }, knowledge);
  if (total) figures.cartValued(total);
};
