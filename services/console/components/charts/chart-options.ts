/** How charts are drawn with uPlot: lines over time, and bars by day or by step. */
import uPlot, { type Axis, type Options } from 'uplot';
import type { Colours } from './chart.tsx';

type Drawn = Omit<Options, 'width' | 'height'>;

const font = '12px "Instrument Sans Variable", sans-serif';

const axis = ({ ink, grid }: Colours, differing: Axis): Axis => ({
  stroke: ink,
  font,
  grid: { stroke: grid, width: 1 },
  ticks: { show: false },
  ...differing,
});

export type Values = {
  readonly name: string;
  /** A value as it is written below the chart, and beside its axis. */
  readonly format: (value: number) => string;
  readonly short: (value: number) => string;
};

/** Pixels beside an axis for the longest of its words: what a count leaves over is the picture's. */
const roomFor = (_: uPlot, words: readonly string[] | null): number =>
  18 + 7 * Math.max(1, ...(words ?? []).map(({ length }) => length));

const valueAxis = (colours: Colours, { short }: Values): Axis =>
  axis(colours, { size: roomFor, values: (_, splits) => splits.map((value) => (value === null ? '' : short(value))) });

const seriesOf = ({ line, area }: Colours, { name, format }: Values) => ({
  label: name,
  stroke: line,
  fill: area,
  width: 1.5,
  value: (_: uPlot, value: number | null) => (value === null ? '' : format(value)),
});

/** From nothing up, so that no picture makes much of a little; a whole unit where there is nothing. */
const fromZero = { range: (_: uPlot, __: number, most: number): [number, number] => [0, most > 0 ? most * 1.08 : 1] };

export type OverTime = Values & {
  /** Seconds since 1970 between which it is drawn. */
  readonly from: number;
  readonly to: number;
  readonly time: (seconds: number) => string;
  /** Charts of one group show the same minute under the pointer. */
  readonly group: string;
  /** Whether values stand alone, with nothing between them; default false. */
  readonly isScattered?: boolean;
};

/** A line over time. */
export const lineOptions =
  ({ from, to, time, group, isScattered = false, ...values }: OverTime) =>
  (colours: Colours): Drawn => ({
    scales: { x: { range: () => [from, to] }, y: fromZero },
    axes: [axis(colours, { space: 70, values: (_, splits) => splits.map(time) }), valueAxis(colours, values)],
    series: [
      { label: 'Minute', value: (_, seconds) => (seconds === null ? '' : time(seconds)) },
      {
        ...seriesOf(colours, values),
        ...(isScattered && { points: { show: true, size: 5, fill: colours.line }, fill: 'transparent' }),
        ...(!isScattered && { points: { show: false } }),
      },
    ],
    cursor: { sync: { key: group }, drag: { x: false, y: false } },
  });

export type InBars = Values & {
  /** What a bar is about, such as "Day". */
  readonly of: string;
  /** Distance of two neighbours on their scale. */
  readonly step: number;
  /** Name of a place on the scale. */
  readonly place: (at: number) => string;
  /** Places that have a name below them; default those that fit. */
  readonly places?: readonly number[];
};

/** Half a step around the bars; uPlot itself would give a single one twice its distance from nothing. */
const aroundBars = ({ data: [places] }: uPlot, step: number): [number, number] => [
  (places[0] ?? 0) - step / 2,
  (places.at(-1) ?? 0) + step / 2,
];

/** Bars, each on its place. */
export const barOptions =
  ({ of, step, place, places, ...values }: InBars) =>
  (colours: Colours): Drawn => ({
    scales: {
      x: { time: false, range: (plot) => aroundBars(plot, step) },
      y: fromZero,
    },
    axes: [
      axis(colours, {
        grid: { show: false },
        space: 60,
        incrs: [1, 2, 7, 14, 28, 91, 182, 364].map((count) => count * step),
        ...(places && { splits: () => [...places] }),
        values: (_, splits) => splits.map(place),
      }),
      valueAxis(colours, values),
    ],
    series: [
      { label: of, value: (_, at) => (at === null ? '' : place(at)) },
      {
        ...seriesOf(colours, values),
        fill: colours.line,
        points: { show: false },
        ...(uPlot.paths.bars && { paths: uPlot.paths.bars({ size: [0.7, 56], radius: 0.15 }) }),
      },
    ],
    cursor: { drag: { x: false, y: false } },
  });
