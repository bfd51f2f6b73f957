import { useMemo } from 'react';
import type { AlignedData } from 'uplot';
import type { MinuteFigures } from '../../../contracts/http/operations/analytics-api.ts';
import { useFormats } from '../../../site-kit/messages/site-words.tsx';
import { AsTable } from '../charts/as-table.tsx';
import { Chart } from '../charts/chart.tsx';
import { lineOptions } from '../charts/chart-options.ts';
import { type MinuteSeries, minuteSeries } from '../charts/minute-series.ts';
import { Table } from '../table.tsx';

type Figure = {
  readonly name: string;
  readonly values: readonly (number | null)[];
  /** What all minutes come to, in a few words. */
  readonly sum: string;
  readonly format: (value: number) => string;
  readonly short: (value: number) => string;
  readonly isScattered?: boolean;
};

/** Rows of the table at most: whoever wants all of two days asks the door. */
const mostRows = 200;

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

const useFigures = (series: MinuteSeries, currency: string): readonly Figure[] => {
  const { money, shortMoney, number } = useFormats();
  return useMemo(() => {
    const amounts = {
      format: (amount: number) => money({ amount: Math.round(amount), currency }),
      short: (amount: number) => shortMoney({ amount, currency }),
    };
    const counts = {
      format: number,
      short: (count: number) => (Number.isInteger(count) ? number(count) : ''),
    };
    const orders = sumOf(series.orders);
    const revenue = sumOf(series.revenue);
    return [
      { name: 'Orders', values: series.orders, sum: number(orders), ...counts },
      { name: 'Revenue', values: series.revenue, sum: amounts.format(revenue), ...amounts },
      {
        name: 'Customers',
        values: series.customers,
        sum: `at most ${number(Math.max(0, ...series.customers))} in a minute`,
        ...counts,
      },
      {
        name: 'Average order',
        values: series.average,
        sum: orders === 0 ? '' : amounts.format(revenue / orders),
        isScattered: true,
        ...amounts,
      },
    ];
  }, [series, currency, money, shortMoney, number]);
};

type FigureCardProps = {
  readonly figure: Figure;
  readonly times: readonly number[];
  readonly from: number;
  readonly to: number;
};

const FigureCard = ({ figure, times, from, to }: FigureCardProps) => {
  const { time } = useFormats();
  const { name, sum, values } = figure;
  const data = useMemo<AlignedData>(() => [[...times], [...values]], [times, values]);
  const draw = useMemo(
    () =>
      lineOptions({
        ...figure,
        ...{ from, to, group: 'minutes', time: (seconds: number) => time(new Date(seconds * 1000).toISOString()) },
      }),
    [figure, from, to, time],
  );
  return (
    <section>
      <div className="chart-head">
        <h3>{name}</h3>
        <p className="chart-sum">{sum}</p>
      </div>
      <Chart label={`${name} of each minute: ${sum || 'none'}`} data={data} draw={draw} />
    </section>
  );
};

const Rows = ({ figures, currency }: { readonly figures: MinuteFigures; readonly currency: string }) => {
  const { date, money, number } = useFormats();
  const rows = figures.minutes.filter((one) => one.currency === currency).toReversed();
  return (
    <>
      <Table
        label="Minutes"
        columns={[
          'Minute',
          { name: 'Orders', isNumber: true },
          { name: 'Revenue', isNumber: true },
          { name: 'Customers', isNumber: true },
          { name: 'Average order', isNumber: true },
        ]}
      >
        {rows.slice(0, mostRows).map(({ windowStart, orders, revenue, uniqueUsers, averageOrderValue }) => (
          <tr key={windowStart}>
            <th scope="row">
              <time dateTime={windowStart}>{date(windowStart)}</time>
            </th>
            <td className="number">{number(orders)}</td>
            <td className="number">{money({ amount: revenue, currency })}</td>
            <td className="number">{number(uniqueUsers)}</td>
            <td className="number">{money({ amount: averageOrderValue, currency })}</td>
          </tr>
        ))}
      </Table>
      {rows.length > mostRows && (
        <p className="fine">
          The newest {number(mostRows)} of {number(rows.length)}.
        </p>
      )}
    </>
  );
};

export type MinuteChartsProps = { readonly figures: MinuteFigures; readonly currency: string };

/** The four figures of each minute in one currency, one below the other in time. */
export const MinuteCharts = ({ figures, currency }: MinuteChartsProps) => {
  const series = useMemo(() => minuteSeries(figures, currency), [figures, currency]);
  const from = Date.parse(figures.since) / 1000;
  const to = Date.parse(figures.at) / 1000;
  const shown = useFigures(series, currency);
  return (
    <>
      <div className="chart-cards">
        {shown.map((figure) => (
          <FigureCard key={figure.name} figure={figure} times={series.times} from={from} to={to} />
        ))}
      </div>
      <AsTable about="orders, revenue, customers and average order of each minute">
        {() => <Rows figures={figures} currency={currency} />}
      </AsTable>
    </>
  );
};
