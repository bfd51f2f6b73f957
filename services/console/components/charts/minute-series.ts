/** The minutes of one currency as columns to be drawn. Pure. */
import type { MinuteFigures } from '../../../contracts/http/operations/analytics-api.ts';

export type MinuteSeries = {
  /** Seconds since 1970, a minute apart. */
  readonly times: readonly number[];
  readonly orders: readonly number[];
  /** Minor units. */
  readonly revenue: readonly number[];
  readonly customers: readonly number[];
  /** Minor units; null where nothing was ordered. */
  readonly average: readonly (number | null)[];
};

const minute = 60;
const secondsOf = (at: string) => Math.floor(Date.parse(at) / 1000);

/** Currencies of the figures, most orders first. */
export const currenciesOf = ({ minutes }: Pick<MinuteFigures, 'minutes'>): readonly string[] => {
  const orders = new Map<string, number>();
  for (const one of minutes) orders.set(one.currency, (orders.get(one.currency) ?? 0) + one.orders);
  return [...orders].toSorted((a, b) => b[1] - a[1]).map(([currency]) => currency);
};

/**
 * Every minute from the first that was asked for to the last that closed. One that the answer does not name had no order; what comes
 * after the last one is still open, in whatever currency, and not drawn.
 */
export const minuteSeries = ({ since, minutes }: MinuteFigures, currency: string): MinuteSeries => {
  const last = minutes.at(-1);
  if (!last) return { times: [], orders: [], revenue: [], customers: [], average: [] };
  const known = new Map(
    minutes.filter((one) => one.currency === currency).map((one) => [secondsOf(one.windowStart), one]),
  );
  const first = Math.min(Math.ceil(secondsOf(since) / minute) * minute, secondsOf(minutes[0]?.windowStart ?? since));
  const count = (secondsOf(last.windowStart) - first) / minute + 1;
  const times = Array.from({ length: count }, (_, at) => first + at * minute);
  const found = times.map((time) => known.get(time));
  return {
    times,
    orders: found.map((one) => one?.orders ?? 0),
    revenue: found.map((one) => one?.revenue ?? 0),
    customers: found.map((one) => one?.uniqueUsers ?? 0),
    average: found.map((one) => one?.averageOrderValue ?? null),
  };
};
