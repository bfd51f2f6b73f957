/** The questions that panels ask again and again, in PromQL. `matchers` stand within the braces of a selector. */

/** Grafana replaces it by a window that holds a few scrapes, however far it is zoomed out. */
export const RATE_WINDOW = '$__rate_interval';

const sum = (by: readonly string[]) => (by.length === 0 ? 'sum' : `sum by (${by.join(', ')})`);

/** A counter's events a second. */
export const rateOf = (metric: string, matchers: string, by: readonly string[] = []): string =>
  `${sum(by)} (rate(${metric}{${matchers}}[${RATE_WINDOW}]))`;

/** A counter's events within a window such as `1h`. */
export const increaseOf = (metric: string, matchers: string, window: string, by: readonly string[] = []): string =>
  `${sum(by)} (increase(${metric}{${matchers}}[${window}]))`;

/** Value below which a share of what a histogram has observed lies. */
export const quantileOf = (share: number, histogram: string, matchers: string, by: readonly string[] = []): string =>
  `histogram_quantile(${share}, ${rateOf(`${histogram}_bucket`, matchers, [...by, 'le'])})`;

/** Share of a counter's events that have labels; 0 where none has, so that a line goes on while all is well. */
export const shareOf = (metric: string, matchers: string, bad: string, by: readonly string[] = []): string => {
  const all = rateOf(metric, matchers, by);
  return `(${rateOf(metric, `${matchers}, ${bad}`, by)} or 0 * ${all}) / ${all}`;
};

/** Legend of lines that differ in these labels. */
export const legendOf = (labels: readonly string[], otherwise: string): string =>
  labels.length === 0 ? otherwise : labels.map((label) => `{{${label}}}`).join(' ');
