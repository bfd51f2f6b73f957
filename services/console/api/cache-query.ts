import { queryOptions } from '@tanstack/react-query';
import { operations } from './operations.ts';

/** What the shared cache holds. The shop looks through it for up to five seconds, so nobody looks again by himself. */
export const cacheQuery = queryOptions({
  queryKey: ['operations', 'cache'],
  queryFn: async ({ signal }) => (await operations()).cache({}, { signal }),
});
