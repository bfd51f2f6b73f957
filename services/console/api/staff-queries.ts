/** What pages read of who works for the shop; for administrators. */
import { infiniteQueryOptions } from '@tanstack/react-query';
import { shop } from './shop.ts';

const pageSize = 25;

/** Everybody with a role, newest account first. */
export const staffPagesQuery = infiniteQueryOptions({
  queryKey: ['staff', 'pages'],
  queryFn: async ({ pageParam, signal }) =>
    (await shop()).staff.list(
      { query: { limit: pageSize, ...(pageParam !== null && { cursor: pageParam }) } },
      { signal },
    ),
  initialPageParam: null as string | null,
  getNextPageParam: ({ nextCursor }) => nextCursor,
});

/** Which role was given to whom or taken away, newest first. */
export const staffChangePagesQuery = infiniteQueryOptions({
  queryKey: ['staff', 'changes'],
  queryFn: async ({ pageParam, signal }) =>
    (await shop()).staff.changes(
      { query: { limit: pageSize, ...(pageParam !== null && { cursor: pageParam }) } },
      { signal },
    ),
  initialPageParam: null as string | null,
  getNextPageParam: ({ nextCursor }) => nextCursor,
});
