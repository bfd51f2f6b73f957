import type { ProductSort } from '../../contracts/http/catalogue/product-search-api.ts';

/** Where a page ended: the sort key of its last product, and its id, which makes the place unique. */
export type ProductPosition =
  | { readonly sort: 'newest'; readonly key: null; readonly id: string }
  | { readonly sort: 'title'; readonly key: string; readonly id: string }
  | { readonly sort: 'relevance' | 'price-ascending' | 'price-descending'; readonly key: number; readonly id: string };

/** What is searched for. */
export type SearchedText = {
  /** A tsquery: of `prefixQuery`, or guessed. */
  readonly query: string;
  /** What a title is compared with that may be meant as a whole. */
  readonly titleKey: string;
};

export type AttributeValue = string | number | boolean;

/** What a product must be to be listed; what is absent narrows nothing. */
export type ProductFilters = {
  readonly category?: string | undefined;
  /** Minor units, both included. */
  readonly priceMin?: number | undefined;
  readonly priceMax?: number | undefined;
  /** Only what can be bought now. */
  readonly isInStock?: boolean | undefined;
  /** One of the values, for each attribute that is named. */
  readonly attributes?: Readonly<Record<string, readonly AttributeValue[]>> | undefined;
};

export type ProductQuery = ProductFilters & {
  /** Absent: every product. */
  readonly text?: SearchedText | undefined;
  readonly sort: ProductSort;
  readonly limit: number;
  /** Continue behind this position; its sort is that of the query. */
  readonly after?: ProductPosition | undefined;
  /** Whether facets are counted. */
  readonly hasFacets?: boolean | undefined;
};

type Counted<Value> = { readonly value: Value; readonly count: number };

/** How many products each further filter would leave; a facet that is filtered by already counts as if it were not. */
export type Facets = {
  /** Products that match, at most {@link mostCounted}. */
  readonly counted: number;
  readonly inStock: number;
  readonly categories: readonly Counted<string>[];
  /** From and to in minor units, both included. */
  readonly prices: readonly {
    readonly currency: string;
    readonly from: number;
    readonly to: number;
    readonly count: number;
  }[];
  readonly attributes: readonly { readonly name: string; readonly values: readonly Counted<AttributeValue>[] }[];
};

/** Facets are counted over so many products that match, and no more, however many there are. */
export const mostCounted = 1_000;

export type ProductPage<Item> = {
  readonly items: readonly Item[];
  readonly next: ProductPosition | null;
  readonly facets: Facets | null;
};

export type Category = { readonly name: string; readonly products: number };
