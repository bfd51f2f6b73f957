/** What pages read of the shop, each question in one place. */
import { infiniteQueryOptions, keepPreviousData, type QueryClient, queryOptions } from '@tanstack/react-query';
import { cursorPages } from '../../site-kit/api/cursor-pages.ts';
import { siteSettings } from '../../site-kit/api/reader.ts';
import type { ProductSearch } from './product-search.ts';
import { shop } from './shop.ts';

/** Of a question that a page is about: what `public/ahead.js` drew stays until it is answered. */
const leading = { isLeading: true };

/** A search as the door takes it. */
const askedOf = ({ inStock, ...search }: ProductSearch) => ({
  ...search,
  ...(inStock && { inStock: 'true' as const }),
});

export const productPagesQuery = (search: ProductSearch) =>
  infiniteQueryOptions({
    ...cursorPages({
      queryKey: ['products', 'pages', search],
      limit: 24,
      ask: async (page, options) => (await shop()).products.list({ query: { ...askedOf(search), ...page } }, options),
    }),
    placeholderData: keepPreviousData,
    meta: leading,
  });

/**
 * What further filters would leave. A question of its own: counting takes longer than finding the first page, which need not wait for
 * it, and another order leaves the counts as they are.
 */
export const facetsQuery = ({ sort: _, ...search }: ProductSearch) =>
  queryOptions({
    queryKey: ['products', 'facets', search],
    queryFn: async ({ signal }) => {
      const query = { ...askedOf(search), facets: 'true' as const, limit: 1 };
      return (await (await shop()).products.list({ query }, { signal })).facets;
    },
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });

export const shelfQuery = (search: ProductSearch, limit: number) =>
  queryOptions({
    queryKey: ['products', 'shelf', search, limit],
    queryFn: async ({ signal }) => (await shop()).products.list({ query: { ...askedOf(search), limit } }, { signal }),
    staleTime: 60_000,
    meta: leading,
  });

/** What somebody may be looking for who has typed so much. */
export const suggestionsQuery = (q: string) =>
  queryOptions({
    queryKey: ['products', 'suggestions', q],
    queryFn: async ({ signal }) => (await shop()).products.suggest({ query: { q } }, { signal }),
    staleTime: 60_000,
    // The next letter asks again; nobody waits for an old one.
    retry: false,
  });

export const productQuery = (id: string) =>
  queryOptions({
    queryKey: ['products', 'one', id],
    queryFn: async ({ signal }) => (await shop()).products.find({ params: { id } }, { signal }),
    meta: leading,
  });

export const categoriesQuery = queryOptions({
  queryKey: ['categories'],
  queryFn: async ({ signal }) => (await shop()).products.categories({}, { signal }),
  staleTime: 300_000,
});

export const cartQuery = queryOptions({
  queryKey: ['cart'],
  queryFn: async ({ signal }) => (await shop()).cart.show({}, { signal }),
  // Another tab may have changed it.
  refetchOnWindowFocus: 'always',
});

/** Reads the cart with the prices and the stock of this moment; those of {@link cartQuery} may be a minute old. */
export const readCartNow = async (queries: QueryClient): Promise<void> => {
  try {
    const { cart } = await shop();
    queries.setQueryData(cartQuery.queryKey, await cart.show({ query: { prices: 'now' } }));
  } catch {
    await queries.invalidateQueries({ queryKey: cartQuery.queryKey });
  }
};

export const orderQuery = (id: string) =>
  queryOptions({
    queryKey: ['orders', 'one', id],
    queryFn: async ({ signal }) => (await (await shop()).orders.find({ params: { id } }, { signal })).order,
  });

export const ordersQuery = cursorPages({
  queryKey: ['orders', 'list'],
  limit: 10,
  ask: async (page, options) => (await shop()).orders.list({ query: page }, options),
});

/** The addresses that the account keeps, the default first; a guest has none to ask for. */
export const addressesQuery = queryOptions({
  queryKey: ['account', 'addresses'],
  queryFn: async ({ signal }) => (await shop()).accounts.addresses({}, { signal }),
});

/** What the page was told about its place, once. */
export const settingsQuery = queryOptions({
  queryKey: ['settings'],
  queryFn: siteSettings,
  staleTime: Number.POSITIVE_INFINITY,
});

/**
 * Goes on with a payment that is not decided: the order as it is then, and what the buyer has to answer the bank, if anything. Asked
 * again, it never charges twice.
 */
export const continuedPaymentQuery = (id: string) =>
  queryOptions({
    queryKey: ['orders', 'payment', id],
    queryFn: async ({ signal }) => (await shop()).orders.continuePayment({ params: { id } }, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    // What opens a payment stays no longer than the page that needs it.
    gcTime: 0,
  });

export const timelineQuery = (id: string) =>
  queryOptions({
    queryKey: ['orders', 'timeline', id],
    queryFn: async ({ signal }) => (await shop()).orders.timeline({ params: { id } }, { signal }),
  });
