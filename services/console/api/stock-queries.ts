/** What pages read of products and their stock. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { cursorPages } from '../../site-kit/api/cursor-pages.ts';
import { shop } from './shop.ts';

const longestWords = 100;

/** A search for products as the address spells it; the router reads 1984 as a number. */
export type StockSearch = { readonly q?: string };
export const stockSearchOf = ({ q }: Record<string, unknown>): StockSearch => {
  const words = typeof q === 'string' || typeof q === 'number' ? String(q).trim().slice(0, longestWords) : '';
  return words === '' ? {} : { q: words };
};

/** Products that match, page by page. */
export const stockPagesQuery = ({ q }: StockSearch) =>
  infiniteQueryOptions({
    ...cursorPages({
      queryKey: ['products', 'pages', q],
      ask: async (page, options) =>
        (await shop()).products.list({ query: { ...page, ...(q !== undefined && { q }) } }, options),
    }),
    placeholderData: keepPreviousData,
  });

export const productQuery = (id: string) =>
  queryOptions({
    queryKey: ['products', 'one', id],
    queryFn: async ({ signal }) => (await shop()).products.find({ params: { id } }, { signal }),
  });

/** Units that came or went by hand of staff, newest first. */
export const stockHistoryQuery = (id: string) =>
  cursorPages({
    queryKey: ['products', 'history', id],
    ask: async (page, options) => (await shop()).products.stockHistory({ params: { id }, query: page }, options),
  });
