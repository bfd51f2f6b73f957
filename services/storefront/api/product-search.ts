import type { ProductSort } from '../../contracts/http/catalogue/product-search-api.ts';
import type { ProductSearch } from './queries.ts';

/** How lists can be sorted, in the order in which they are offered; the first is the shop's own. */
export const sorts = [
  'title',
  'newest',
  'price-ascending',
  'price-descending',
] as const satisfies readonly ProductSort[];

const longest = { q: 100, category: 80 };

// The router reads 1984 as a number and true as a truth.
const textOf = (value: unknown, longestText: number): string | undefined => {
  if (!['string', 'number', 'boolean'].includes(typeof value)) return undefined;
  return String(value).trim().slice(0, longestText) || undefined;
};

/** A search as the address spells it: what is not understood counts as not said, and what goes without saying is left out. */
export const productSearchOf = (asked: Readonly<Record<string, unknown>>): ProductSearch => {
  const q = textOf(asked['q'], longest.q);
  const category = textOf(asked['category'], longest.category);
  const sort = sorts.find((one) => one === asked['sort'] && one !== sorts[0]);
  return { ...(q && { q }), ...(category && { category }), ...(sort && { sort }) };
};
