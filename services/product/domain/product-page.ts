import type { ProductSort } from '../../contracts/http/product-api.ts';

/** Where a page ended: the sort key of its last product, and its id, which makes the place unique. */
export type ProductPosition =
  | { readonly sort: 'newest'; readonly key: null; readonly id: string }
  | { readonly sort: 'title'; readonly key: string; readonly id: string }
  | { readonly sort: 'price-ascending' | 'price-descending'; readonly key: number; readonly id: string };

export type ProductQuery = {
  /** A tsquery of {@link prefixQuery}; absent: every product. */
  readonly matching?: string;
  readonly category?: string;
  readonly sort: ProductSort;
  readonly limit: number;
  /** Continue behind this position; its sort is that of the query. */
  readonly after?: ProductPosition;
};

export type ProductPage<Item> = { readonly items: readonly Item[]; readonly next: ProductPosition | null };

export type Category = { readonly name: string; readonly products: number };
