/** What pages read of the platform itself. */
import { queryOptions } from '@tanstack/react-query';
import { operations } from './operations.ts';

/** Milliseconds between two looks at how the services are; nobody looks while the page is hidden. */
const lookAgainMs = 10_000;

/** Every service with its health, and what it has to do with the others. */
export const topologyQuery = queryOptions({
  queryKey: ['operations', 'topology'],
  queryFn: async ({ signal }) => (await operations()).topology({}, { signal }),
  refetchInterval: lookAgainMs,
});

/** How every service is, and why. */
export const healthQuery = queryOptions({
  queryKey: ['operations', 'health'],
  queryFn: async ({ signal }) => (await operations()).health({}, { signal }),
  refetchInterval: lookAgainMs,
});
