/** What pages read of products and their stock. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { shop } from './shop.ts';

const pageSize = 25;
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
    queryKey: ['products', 'pages', q],
    queryFn: async ({ pageParam, signal }) =>
      (await shop()).products.list(
        { query: { limit: pageSize, ...(q !== undefined && { q }), ...(pageParam !== null && { cursor: pageParam }) } },
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
  });

export const productQuery = (id: string) =>
  queryOptions({
    queryKey: ['products', 'one', id],
    queryFn: async ({ signal }) => (await shop()).products.find({ params: { id } }, { signal }),
  });

/** Units that came or went by hand of staff, newest first. */
export const stockHistoryQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['products', 'history', id],
    queryFn: async ({ pageParam, signal }) =>
      (await shop()).products.stockHistory(
        { params: { id }, query: { limit: pageSize, ...(pageParam !== null && { cursor: pageParam }) } },
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
