import type { ProductSort } from '../../contracts/http/catalogue/product-search-api.ts';

/** What narrows a list of products; all of it stands in the address of the page. */
export type ProductSearch = {
  readonly q?: string | undefined;
  readonly category?: string | undefined;
  /** Minor units, both included. */
  readonly priceMin?: number | undefined;
  readonly priceMax?: number | undefined;
  /** Only what can be bought now. */
  readonly inStock?: true | undefined;
  readonly sort?: ProductSort | undefined;
};

const sorts = ['title', 'newest', 'price-ascending', 'price-descending'] as const satisfies readonly ProductSort[];

/** How a list can be sorted, in the order in which it is offered; the first goes without saying: what fits best where words are searched for. */
export const sortsOf = ({ q }: Pick<ProductSearch, 'q'>): readonly ProductSort[] =>
  q === undefined ? sorts : ['relevance', ...sorts];

const longest = { q: 100, category: 80 };
/** As the doors take it (services/contracts/http/values.ts). */
const highestPrice = 900_000_000_000;

// The router reads 1984 as a number and true as a truth.
const textOf = (value: unknown, longestText: number): string | undefined => {
  if (!['string', 'number', 'boolean'].includes(typeof value)) return undefined;
  return String(value).trim().slice(0, longestText) || undefined;
};

const priceOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= highestPrice ? value : undefined;

/** A search as the address spells it: what is not understood counts as not said, and what goes without saying is left out. */
export const productSearchOf = (asked: Readonly<Record<string, unknown>>): ProductSearch => {
  const q = textOf(asked['q'], longest.q);
  const category = textOf(asked['category'], longest.category);
  const priceMin = priceOf(asked['priceMin']) || undefined;
  const priceMax = priceOf(asked['priceMax']);
  const [, ...others] = sortsOf({ q });
  const sort = others.find((one) => one === asked['sort']);
  return {
    ...(q && { q }),
    ...(category && { category }),
    ...(priceMin !== undefined && { priceMin }),
    ...(priceMax !== undefined && { priceMax }),
    ...(asked['inStock'] === true && { inStock: true }),
    ...(sort && { sort }),
  };
};

/** Whether more narrows the list than what was typed and the order that was chosen. */
export const isNarrowed = ({ category, priceMin, priceMax, inStock }: ProductSearch): boolean =>
  [category, priceMin, priceMax, inStock].some((filter) => filter !== undefined);
