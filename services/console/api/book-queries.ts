/** What pages read of reconciliations: orders, money, charges and stock compared. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { cursorPages } from '../../site-kit/api/cursor-pages.ts';
import { shop } from './shop.ts';

/** Milliseconds between two looks at a comparison that runs. */
const lookAgainMs = 1_000;

/** Reconciliations, newest first; looked at again and again while one runs. */
export const reconciliationPagesQuery = infiniteQueryOptions({
  ...cursorPages({
    queryKey: ['reconciliations', 'pages'],
    ask: async (page, options) => (await shop()).reconciliations.list({ query: page }, options),
  }),
  refetchInterval: ({ state }) =>
    state.data?.pages.some(({ items }) => items.some(({ status }) => status === 'running')) === true && lookAgainMs,
});

export const reconciliationQuery = (id: string) =>
  queryOptions({
    queryKey: ['reconciliations', 'one', id],
    queryFn: async ({ signal }) =>
      (await (await shop()).reconciliations.find({ params: { id } }, { signal })).reconciliation,
    refetchInterval: ({ state }) => state.data?.status === 'running' && lookAgainMs,
  });

/** What a reconciliation found, so many drifts of it that a new one is asked for anew. */
export const driftPagesQuery = (id: string, drifts: number) =>
  cursorPages({
    queryKey: ['reconciliations', 'drifts', id, drifts],
    ask: async (page, options) => (await shop()).reconciliations.drifts({ params: { id }, query: page }, options),
  });
