import { type Money, sameMoney } from '../../kit/values/money.ts';
import type { CartOwner } from '../domain/cart-owner.ts';
import type { CartEffects } from './cart-effects.ts';

export type SeenPrice = { readonly productId: string; readonly unitPrice: Money };

/**
 * Notes that the buyer agrees to the prices that he saw, so that their notices end. A price that is another one by now is not agreed
 * to, nor is what the cart does not hold. Refuses (`product.unavailable`) while the catalogue is away.
 */
export const agreeToPrices = async (
  { carts, catalogue }: Pick<CartEffects, 'carts' | 'catalogue'>,
  owner: CartOwner,
  prices: readonly SeenPrice[],
): Promise<void> => {
  const known = await catalogue.askNow(prices.map(({ productId }) => productId));
  const right = prices.filter(({ productId, unitPrice }) => {
    const product = known.get(productId);
    return typeof product === 'object' && sameMoney(product.price, unitPrice);
  });
  if (right.length > 0) await carts.agree(owner, right);
};
