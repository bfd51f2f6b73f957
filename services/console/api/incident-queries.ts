/** What pages read of what went wrong, and of times in which something is known to be away. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { cursorPages } from '../../site-kit/api/cursor-pages.ts';
import { operations } from './operations.ts';

/** Milliseconds between two looks at what others write to as well; nobody looks while the page is hidden. */
const lookAgainMs = 15_000;

/** A list of incidents as the address spells it. */
export type IncidentSearch = { readonly state?: 'open' | 'closed' };
export const incidentSearchOf = ({ state }: Record<string, unknown>): IncidentSearch =>
  state === 'open' || state === 'closed' ? { state } : {};

/** Incidents, newest first. */
export const incidentPagesQuery = ({ state }: IncidentSearch) =>
  infiniteQueryOptions({
    ...cursorPages({
      queryKey: ['operations', 'incidents', 'pages', state],
      ask: async (page, options) =>
        (await operations()).incidents(
          {
            query: {
              ...page,
              ...(state !== undefined && { state }),
            },
          },
          options,
        ),
    }),
    refetchInterval: lookAgainMs,
  });

/** One incident with its timeline; looked at again and again until it is closed. */
export const incidentQuery = (id: string) =>
  queryOptions({
    queryKey: ['operations', 'incidents', 'one', id],
    queryFn: async ({ signal }) => (await operations()).incident({ params: { id } }, { signal }),
    refetchInterval: ({ state }) => state.data?.incident.state !== 'closed' && lookAgainMs,
  });

/** Maintenance windows, newest first. */
export const windowPagesQuery = cursorPages({
  queryKey: ['operations', 'windows'],
  ask: async (page, options) => (await operations()).windows({ query: page }, options),
});
