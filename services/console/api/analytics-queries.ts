/** What pages read of the figures of the shop. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { operations } from './operations.ts';

/** A minute has an end once a minute: looking more often shows nothing new. Nobody looks while the page is hidden. */
const lookAgainMs = 60_000;

/** How far back minutes are looked at, in hours, by the name that staff read. */
export const spans: Readonly<Record<number, string>> = { 1: 'hour', 6: '6 hours', 24: '24 hours', 48: '2 days' };
const usualSpan = 6;

/** The page of figures as the address spells it. */
export type AnalyticsSearch = { readonly hours?: number; readonly currency?: string };
export const analyticsSearchOf = ({ hours, currency }: Record<string, unknown>): AnalyticsSearch => ({
  ...(Number(hours) in spans && Number(hours) !== usualSpan && { hours: Number(hours) }),
  ...(typeof currency === 'string' && /^[A-Z]{3}$/.test(currency) && { currency }),
});

/** Figures of each minute of the last hours, default 6. */
export const minutesQuery = ({ hours = usualSpan }: AnalyticsSearch) =>
  queryOptions({
    queryKey: ['operations', 'analytics', 'minutes', hours],
    queryFn: async ({ signal }) => ({
      hours,
      ...(await (await operations()).minuteFigures({ query: { hours } }, { signal })),
    }),
    refetchInterval: lookAgainMs,
    placeholderData: keepPreviousData,
  });

/** The warehouse's answer to a ready-made question, which serves everybody for a minute. */
export const viewQuery = (view: string) =>
  queryOptions({
    queryKey: ['operations', 'analytics', 'views', view],
    queryFn: async ({ signal }) => (await operations()).warehouseView({ params: { view } }, { signal }),
    staleTime: lookAgainMs,
  });
