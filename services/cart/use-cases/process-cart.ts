import { productUnavailable } from '../domain/cart-refusals.ts';
import { viewCart } from '../domain/cart-view.ts';
import type { CartEffects } from './cart-effects.ts';
import { cartVersion } from './cart-version.ts';

/**
 * Looks at a cart a moment after it changed, once however often it did: has its products in the cache for the owner's next
 * look, and notes the cart's value. Throws while the catalogue is away, to be tried again.
 */
export const processCart = async (
  { carts, catalogue, clock, figures }: Pick<CartEffects, 'carts' | 'catalogue' | 'clock' | 'figures'>,
  cartId: string,
): Promise<void> => {
  const lines = await carts.lines(cartId);
  if (lines.length === 0) return;
  const knowledge = await catalogue.lookUp(lines.map(({ productId }) => productId));
  const { total, degraded } = viewCart({ lines, updatedAt: clock.now() }, knowledge, cartVersion(lines));
  if (degraded) throw productUnavailable();
  if (total) figures.cartValued(total);
};
