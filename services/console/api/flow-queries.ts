/** What pages read of events on their way, and of what staff did. */
import { queryOptions } from '@tanstack/react-query';
import { cursorPages } from '../../site-kit/api/cursor-pages.ts';
import { operations } from './operations.ts';

/** Milliseconds between two looks at what moves; nobody looks while the page is hidden. */
const lookAgainMs = 5_000;

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
export const actPagesQuery = cursorPages({
  queryKey: ['operations', 'acts'],
  ask: async (page, options) => (await operations()).acts({ query: page }, options),
});
