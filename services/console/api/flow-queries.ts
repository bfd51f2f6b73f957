/** What pages read of events on their way, and of what staff did. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { operations } from './operations.ts';

/** Milliseconds between two looks at what moves; nobody looks while the page is hidden. */
const lookAgainMs = 5_000;
const pageSize = 25;

/** Every declared pipeline, and how it is. */
export const pipelinesQuery = queryOptions({
  queryKey: ['operations', 'pipelines'],
  queryFn: async ({ signal }) => (await operations()).pipelines({}, { signal }),
  refetchInterval: lookAgainMs,
});

/** How far each consumer is in each topic. */
export const consumersQuery = queryOptions({
  queryKey: ['operations', 'consumers'],
  queryFn: async ({ signal }) => (await operations()).consumers({}, { signal }),
  refetchInterval: lookAgainMs,
});

/** The audit trail, newest first. */
export const actPagesQuery = infiniteQueryOptions({
  queryKey: ['operations', 'acts'],
  queryFn: async ({ pageParam, signal }) =>
    (await operations()).acts(
      { query: { limit: pageSize, ...(pageParam !== null && { cursor: pageParam }) } },
      { signal },
    ),
  initialPageParam: null as string | null,
  getNextPageParam: ({ nextCursor }) => nextCursor,
});
