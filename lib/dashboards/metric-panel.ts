/** The panel of a metric that the catalogue lists, whatever it is: so that a metric has one as soon as it is declared. */
import type { CataloguedMetric } from '../../services/contracts/metrics/catalogued-metric.ts';
import type { Panel, Query } from './dashboard.ts';
import { legendOf, quantileOf, rateOf } from './promql.ts';

const spelled = new Map([
  ['http', 'HTTP'],
  ['grpc', 'gRPC'],
  ['pg', 'PostgreSQL'],
]);
const units = /_(total|seconds|dollars|dollars_total)$/;

/** `order_value_dollars` is "Order value". */
export const titleOf = (name: string): string => {
  const [first = '', ...others] = name.replace(units, '').replace(units, '').split('_');
  return [spelled.get(first) ?? `${first[0]?.toUpperCase()}${first.slice(1)}`, ...others].join(' ');
};

const unitOf = ({ name, kind }: CataloguedMetric): Panel['unit'] => {
  if (/_dollars(_total)?$/.test(name)) return 'currencyUSD';
  if (name.endsWith('_seconds')) return 's';
  return kind === 'counter' ? 'ops' : 'short';
};

const shares = [
  [0.5, 'half'],
  [0.95, '95 of 100'],
  [0.99, '99 of 100'],
] as const;

const queriesOf = ({ name, kind, labels = {} }: CataloguedMetric, matchers: string): Query[] => {
  const by = Object.keys(labels);
  if (kind === 'counter') return [{ expression: rateOf(name, matchers, by), legend: legendOf(by, 'a second') }];
  // What two pods say of the same thing is not twice as much of it.
  if (kind === 'gauge') {
    const most = by.length === 0 ? 'max' : `max by (${by.join(', ')})`;
    return [{ expression: `${most} (${name}{${matchers}})`, legend: legendOf(by, 'now') }];
  }
  return shares.map(([share, said]) => ({
    expression: quantileOf(share, name, matchers, by),
    legend: `${legendOf(by, '')} ${said}`.trim(),
  }));
};

/** A line for each set of labels: a counter as its rate, a gauge as the most that any pod says, a histogram as three of its shares. */
export const metricPanel = (metric: CataloguedMetric, matchers: string): Panel => ({
  title: titleOf(metric.name),
  description: metric.help,
  unit: unitOf(metric),
  queries: queriesOf(metric, matchers),
});
