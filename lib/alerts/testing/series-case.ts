/** Series with which an alert is tried. */

/** What a series has at each minute of a phase: a gauge's value, a counter's growth, nothing, or samples as promtool writes them. */
export type Course = number | null | string;

export type SeriesCase = {
  readonly series: string;
  readonly kind: 'gauge' | 'counter';
  readonly good: Course;
  readonly bad: Course;
  /** One for each way not to ring, in the same order in all series of the case. */
  readonly silent: readonly Course[];
};

export type AlertCase = {
  readonly series: readonly SeriesCase[];
  /** Minutes of trouble after which it rings. */
  readonly badMinutes: number;
  /** Minutes after the end of the trouble by which it is over. */
  readonly clearMinutes: number;
  /** Labels that the expression gives. */
  readonly found?: Readonly<Record<string, string>>;
};

/** A case before the alert's own times fill what it leaves out. */
export type CaseDraft = Pick<AlertCase, 'series' | 'found'> & Partial<AlertCase>;

/** A gauge and its values: well, in trouble, and in each way beside it. */
export const gauge = (series: string, good: Course, bad: Course, ...silent: Course[]): SeriesCase => ({
  series,
  kind: 'gauge',
  good,
  bad,
  silent,
});
/** A counter and what it grows by a minute. */
export const counter = (series: string, good: Course, bad: Course, ...silent: Course[]): SeriesCase => ({
  ...gauge(series, good, bad, ...silent),
  kind: 'counter',
});

/** A histogram whose events end below `low` or between it and `high`: [all, of these below low]. */
export const histogram = (
  name: string,
  labels: string,
  [low, high]: readonly [number, number],
  ...phases: [number, number][]
) => {
  const [good = [0, 0], bad = [0, 0], ...silent] = phases;
  const of = (suffix: string, pick: (phase: [number, number]) => number) =>
    counter(`${name}_${suffix}`, pick(good), pick(bad), ...silent.map(pick));
  const all = ([sum]: [number, number]) => sum;
  return [
    of(`bucket{${labels}, le="${low}"}`, ([, below]) => below),
    of(`bucket{${labels}, le="${high}"}`, all),
    of(`bucket{${labels}, le="+Inf"}`, all),
    of(`count{${labels}}`, all),
  ];
};
