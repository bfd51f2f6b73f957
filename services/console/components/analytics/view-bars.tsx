import { useMemo } from 'react';
import type { AlignedData } from 'uplot';
import type { ViewAnswer } from '../../../contracts/http/operations/analytics-api.ts';
import { useFormats } from '../../../site-kit/messages/site-words.tsx';
import { stateNames } from '../../messages/order-states.ts';
import { Chart } from '../charts/chart.tsx';
import { barOptions } from '../charts/chart-options.ts';

type Picture = NonNullable<ViewAnswer['picture']>;

const dayMs = 86_400_000;
/** An order that was placed is pending from then on. */
const names: Readonly<Record<string, string>> = { ...stateNames, placed: stateNames.pending };

/** How values of a picture are written, whole and beside an axis. */
const useValues = ({ unit, value }: Picture, currency: string) => {
  const { money, shortMoney, number, share } = useFormats();
  return useMemo(() => {
    const name = value.replace(/_amount$/, '').replaceAll('_', ' ');
    if (unit === 'amount')
      return {
        name,
        format: (amount: number) => money({ amount, currency }),
        short: (amount: number) => shortMoney({ amount, currency }),
      };
    if (unit === 'share') return { name, format: share, short: share };
    return { name, format: number, short: (count: number) => (Number.isInteger(count) ? number(count) : '') };
  }, [unit, value, currency, money, shortMoney, number, share]);
};

export type ViewBarsProps = {
  readonly answer: ViewAnswer;
  readonly picture: Picture;
  readonly rows: ViewAnswer['rows'];
  readonly currency: string;
};

/** Bars of an answer: on their days, so that a day without one is a gap, or one after the other. */
export const ViewBars = ({ answer: { title }, picture, rows, currency }: ViewBarsProps) => {
  const { day } = useFormats();
  const values = useValues(picture, currency);
  const { label, value } = picture;
  const isByDay = label === 'day';
  const data = useMemo<AlignedData>(
    () => [
      rows.map((row, at) => (isByDay ? Date.parse(String(row[label])) / dayMs : at)),
      rows.map((row) => Number(row[value] ?? 0)),
    ],
    [rows, isByDay, label, value],
  );
  const draw = useMemo(() => {
    if (isByDay)
      return barOptions({
        ...{ ...values, of: 'Day', step: 1 },
        place: (at) => (Number.isInteger(at) ? day(new Date(at * dayMs).toISOString()) : ''),
      });
    const steps = rows.map((row) => String(row[label]));
    return barOptions({
      ...{ ...values, of: 'Step', step: 1, places: steps.map((_, at) => at) },
      place: (at) => names[steps[at] ?? ''] ?? steps[at] ?? '',
    });
  }, [isByDay, values, day, rows, label]);
  const last = rows.at(-1);
  const newest = last ? `, at the end ${values.format(Number(last[value] ?? 0))}` : '';
  return <Chart label={`${title}${newest}`} data={data} draw={draw} />;
};
