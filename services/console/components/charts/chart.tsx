import { useEffect, useRef, useSyncExternalStore } from 'react';
import uPlot, { type AlignedData, type Options } from 'uplot';
import 'uplot/dist/uPlot.min.css';

/** Colours of the page, as they are in the light that it stands in. */
export type Colours = { readonly line: string; readonly area: string; readonly ink: string; readonly grid: string };

export type ChartProps = {
  /** What is to be seen, in words; the table below it has the rest. */
  readonly label: string;
  /** Columns: places first, then the values of each series. */
  readonly data: AlignedData;
  /** How it is drawn; keep it by useCallback, a new one draws the chart anew. */
  readonly draw: (colours: Colours) => Omit<Options, 'width' | 'height'>;
};

const height = 190;
const dark = matchMedia('(prefers-color-scheme: dark)');
const onScheme = (changed: () => void) => {
  dark.addEventListener('change', changed);
  return () => dark.removeEventListener('change', changed);
};

const coloursOf = (place: Element): Colours => {
  const style = getComputedStyle(place);
  const colour = (name: string) => style.getPropertyValue(`--chart-${name}`);
  return { line: colour('line'), area: colour('area'), ink: colour('ink'), grid: colour('grid') };
};

/** A chart on a canvas, as wide as its place. Those who do not see it have its label, and the table beside it. */
export const Chart = ({ label, data, draw }: ChartProps) => {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const last = useRef(data);
  last.current = data;
  const isDark = useSyncExternalStore(onScheme, () => dark.matches);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a canvas keeps the colours that it was drawn with
  useEffect(() => {
    const div = place.current;
    if (!div) return;
    const drawn = new uPlot({ ...draw(coloursOf(div)), width: div.clientWidth, height }, last.current, div);
    plot.current = drawn;
    const watching = new ResizeObserver(() => drawn.setSize({ width: div.clientWidth, height }));
    watching.observe(div);
    return () => {
      watching.disconnect();
      drawn.destroy();
      plot.current = null;
    };
  }, [draw, isDark]);
  useEffect(() => plot.current?.setData(data), [data]);
  return <div ref={place} className="chart" role="img" aria-label={label} />;
};
