/** What the page of the laws reads. */
import { queryOptions } from '@tanstack/react-query';
import { operations } from './operations.ts';

/** Milliseconds between two looks at a check that somebody else has begun. */
const lookAgainMs = 1_000;

export const lawsQuery = queryOptions({
  queryKey: ['operations', 'laws'],
  queryFn: async ({ signal }) => (await operations()).laws({}, { signal }),
  refetchInterval: ({ state }) => state.data?.isUnderWay === true && lookAgainMs,
});
