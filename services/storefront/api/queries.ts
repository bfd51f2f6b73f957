/** What pages read of the shop, each question in one place. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { ProductSort } from '../../contracts/http/catalogue/product-search-api.ts';
import { shop } from './shop.ts';

/** What narrows a list of products; all of it stands in the address of the page. */
export type ProductSearch = {
  readonly q?: string | undefined;
  readonly category?: string | undefined;
  readonly sort?: ProductSort | undefined;
};

const pageSize = 24;

export const productPagesQuery = (search: ProductSearch) =>
  infiniteQueryOptions({
    queryKey: ['products', 'pages', search],
    queryFn: async ({ pageParam, signal }) =>
      (await shop()).products.list(
        { query: { ...search, limit: pageSize, ...(pageParam !== null && { cursor: pageParam }) } },
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
  });

export const shelfQuery = (search: ProductSearch, limit: number) =>
  queryOptions({
    queryKey: ['products', 'shelf', search, limit],
    queryFn: async ({ signal }) => (await shop()).products.list({ query: { ...search, limit } }, { signal }),
    staleTime: 60_000,
  });

export const productQuery = (id: string) =>
  queryOptions({
    queryKey: ['products', 'one', id],
    queryFn: async ({ signal }) => (await shop()).products.find({ params: { id } }, { signal }),
  });

export const categoriesQuery = queryOptions({
  queryKey: ['categories'],
  queryFn: async ({ signal }) => (await shop()).products.categories({}, { signal }),
  staleTime: 300_000,
});

export const cartQuery = queryOptions({
  queryKey: ['cart'],
  queryFn: async ({ signal }) => (await shop()).cart.show({}, { signal }),
});

export const orderQuery = (id: string) =>
  queryOptions({
    queryKey: ['orders', 'one', id],
    queryFn: async ({ signal }) => (await (await shop()).orders.find({ params: { id } }, { signal })).order,
  });

export const ordersQuery = infiniteQueryOptions({
  queryKey: ['orders', 'list'],
  queryFn: async ({ pageParam, signal }) =>
    (await shop()).orders.list({ query: { limit: 10, ...(pageParam !== null && { cursor: pageParam }) } }, { signal }),
  initialPageParam: null as string | null,
  getNextPageParam: ({ nextCursor }) => nextCursor,
});

/** The addresses that the account keeps, the default first; a guest has none to ask for. */
export const addressesQuery = queryOptions({
  queryKey: ['account', 'addresses'],
  queryFn: async ({ signal }) => (await shop()).accounts.addresses({}, { signal }),
});

export const timelineQuery = (id: string) =>
  queryOptions({
    queryKey: ['orders', 'timeline', id],
    queryFn: async ({ signal }) => (await shop()).orders.timeline({ params: { id } }, { signal }),
  });
