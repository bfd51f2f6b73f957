import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Cart } from '../../contracts/http/cart-api.ts';
import { cartQuery } from './queries.ts';
import { shop } from './shop.ts';

const useCartChange = <Change>(change: (wanted: Change) => Promise<Cart>, scope: string) => {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (wanted: Change) => {
      // A look at the cart that began before would show it as it was.
      await queries.cancelQueries({ queryKey: cartQuery.queryKey });
      return change(wanted);
    },
    onSuccess: (cart) => queries.setQueryData(cartQuery.queryKey, cart),
    // Changes of one line follow each other, so that the last one wins in the shop too.
    scope: { id: scope },
  });
};

type Line = { readonly productId: string; readonly quantity: number };

/** Puts units of a product into the cart, beside those that are in it. */
export const useAddToCart = () => useCartChange(async (body: Line) => (await shop()).cart.add({ body }), 'cart-add');

type SeenPrice = {
  readonly productId: string;
  readonly unitPrice: { readonly amount: number; readonly currency: string };
};

/** Agrees to the prices that are shown, so that the cart says no more that they changed. */
export const useAgreeToPrices = () =>
  useCartChange(async (prices: SeenPrice[]) => (await shop()).cart.agree({ body: { prices } }), 'cart-prices');

/** Sets how many units of a product are in the cart; none takes it out. */
export const useChangeLine = (productId: string) =>
  useCartChange(async (quantity: number) => {
    const { cart } = await shop();
    const params = { productId };
    return quantity === 0 ? cart.remove({ params }) : cart.change({ params, body: { quantity } });
  }, `cart-line-${productId}`);
