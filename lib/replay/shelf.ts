/** Finds, for what a customer once paid, the product whose price today comes nearest. */
import type { Product } from '../../services/contracts/http/catalogue/product-api.ts';
import type { ApiClient } from '../shop/api-client.ts';
import type { PastPurchase } from './purchases.ts';

export type ShelfProduct = Pick<Product, 'id' | 'price' | 'stock'>;

const pageSize = 100;

/** The whole catalogue through the public list, page by page. */
export const readShelf = async (api: ApiClient): Promise<ShelfProduct[]> => {
  const products: ShelfProduct[] = [];
  let cursor: string | null = null;
  do {
    const query: string = new URLSearchParams({ limit: String(pageSize), ...(cursor && { cursor }) }).toString();
    const page: { items: ShelfProduct[]; nextCursor: string | null } = await api(`/api/v1/products?${query}`);
    products.push(...page.items.map(({ id, price, stock }) => ({ id, price, stock })));
    cursor = page.nextCursor;
  } while (cursor);
  return products;
};

/**
 * Chooses products by price, in turn among those of one price, so that no single one sells out.
 * What is chosen is taken off this shelf, so that the replay never asks for more than there is.
 */
export const createShelf = (products: readonly ShelfProduct[]) => {
  const byPrice = new Map<number, { id: string; left: number }[]>();
  for (const { id, price, stock } of products)
    byPrice.set(price.amount, [...(byPrice.get(price.amount) ?? []), { id, left: stock }]);
  const prices = [...byPrice.keys()].toSorted((a, b) => a - b);
  const turns = new Map<number, number>();

  const takeAt = (price: number, units: number): string | undefined => {
    const shelf = byPrice.get(price) ?? [];
    const turn = turns.get(price) ?? 0;
    for (let step = 0; step < shelf.length; step++) {
      const product = shelf[(turn + step) % shelf.length];
      if (!product || product.left < units) continue;
      product.left -= units;
      turns.set(price, turn + step + 1);
      return product.id;
    }
    return undefined;
  };

  return {
    /** Product and price for a purchase; throws when nothing at all is left in that quantity. */
    choose: ({ units, cents }: PastPurchase): { productId: string; price: number } => {
      const wanted = cents / units;
      for (const price of prices.toSorted((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted))) {
        const productId = takeAt(price, units);
        if (productId !== undefined) return { productId, price };
      }
      throw new Error(`no product has ${units} units left; start with an empty data folder or add stock`);
    },
  };
};
