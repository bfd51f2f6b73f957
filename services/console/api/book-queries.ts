/** What pages read of reconciliations: orders, money, charges and stock compared. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { shop } from './shop.ts';

const pageSize = 25;
/** Milliseconds between two looks at a comparison that runs. */
const lookAgainMs = 1_000;

/** Reconciliations, newest first; looked at again and again while one runs. */
export const reconciliationPagesQuery = infiniteQueryOptions({
  queryKey: ['reconciliations', 'pages'],
  queryFn: async ({ pageParam, signal }) =>
    (await shop()).reconciliations.list(
      { query: { limit: pageSize, ...(pageParam !== null && { cursor: pageParam }) } },
      { signal },
    ),
  initialPageParam: null as string | null,
  getNextPageParam: ({ nextCursor }) => nextCursor,
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
  infiniteQueryOptions({
    queryKey: ['reconciliations', 'drifts', id, drifts],
    queryFn: async ({ pageParam, signal }) =>
      (await shop()).reconciliations.drifts(
        { params: { id }, query: { limit: pageSize, ...(pageParam !== null && { cursor: pageParam }) } },
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
