/** One dashboard of what the services measure themselves: doors, events, databases, processes. */
import { DATA_SOURCE } from './shop-metrics.ts';

type Query = { readonly expression: string; readonly legend: string };
type Panel = {
  readonly title: string;
  /** One sentence for whoever looks at it at night. */
  readonly description: string;
  /** Unit as Grafana names it. */
  readonly unit: 'reqps' | 's' | 'percentunit' | 'short' | 'bytes' | 'none';
  readonly queries: readonly Query[];
};

const chosen = '{service=~"$service"}';
const rate = (metric: string, by: string, selector = chosen) =>
  `sum by (${by}) (rate(${metric}${selector}[$__rate_interval]))`;
const percentile = (metric: string, share: number) =>
  `histogram_quantile(${share}, ${rate(`${metric}_bucket`, 'service, le')})`;

/** Rows of the dashboard; each is two panels or three. */
export const panels: readonly (readonly Panel[])[] = [
  [
    {
      title: 'Requests',
      description: 'Answers a second at the HTTP doors.',
      unit: 'reqps',
      queries: [{ expression: rate('http_requests_total', 'service'), legend: '{{service}}' }],
    },
    {
      title: 'Server errors',
      description: 'Share of HTTP answers that are 5xx; nothing means none.',
      unit: 'percentunit',
      queries: [
        {
          expression: `${rate('http_requests_total', 'service', '{service=~"$service", status=~"5.."}')} / ${rate('http_requests_total', 'service')}`,
          legend: '{{service}}',
        },
      ],
    },
    {
      title: 'Duration, 99 of 100',
      description: 'Seconds within which 99 of 100 HTTP requests are answered.',
      unit: 's',
      queries: [{ expression: percentile('http_request_duration_seconds', 0.99), legend: '{{service}}' }],
    },
  ],
  [
    {
      title: 'gRPC calls',
      description: 'Answers a second between services, by outcome.',
      unit: 'reqps',
      queries: [{ expression: rate('grpc_requests_total', 'service, code'), legend: '{{service}} {{code}}' }],
    },
    {
      title: 'gRPC duration, 99 of 100',
      description: 'Seconds within which 99 of 100 calls are answered.',
      unit: 's',
      queries: [{ expression: percentile('grpc_request_duration_seconds', 0.99), legend: '{{service}}' }],
    },
    {
      title: 'Circuit breakers',
      description: '0 closed, 1 half-open, 2 open: the callee counts as down.',
      unit: 'none',
      queries: [{ expression: `circuit_breaker_state${chosen}`, legend: '{{service}} to {{breaker}}' }],
    },
  ],
  [
    {
      title: 'Events not published yet',
      description: 'Committed in a database but not in Kafka; grows while Kafka is away and drains afterwards.',
      unit: 'short',
      queries: [{ expression: `outbox_unpublished${chosen}`, legend: '{{service}}' }],
    },
    {
      title: 'Consumers behind, seconds',
      description: 'Age of the oldest event that a consumer has not handled.',
      unit: 's',
      queries: [{ expression: `consumer_lag_seconds${chosen}`, legend: '{{service}}: {{topic}}' }],
    },
    {
      title: 'Events handled',
      description: 'Events a second by what became of them.',
      unit: 'short',
      queries: [{ expression: rate('consumer_handled_total', 'service, result'), legend: '{{service}} {{result}}' }],
    },
  ],
  [
    {
      title: 'Jobs',
      description: 'Runs of jobs a second by how they ended.',
      unit: 'short',
      queries: [{ expression: rate('jobs_finished_total', 'service, result'), legend: '{{service}} {{result}}' }],
    },
    {
      title: 'Database connections',
      description: 'Connections of the pools, and callers that wait for one.',
      unit: 'short',
      queries: [
        { expression: `sum by (service, state) (pg_pool_connections${chosen})`, legend: '{{service}} {{state}}' },
      ],
    },
    {
      title: 'Cache',
      description: 'Reads of the shared cache a second by result.',
      unit: 'short',
      queries: [{ expression: rate('cache_requests_total', 'service, result'), legend: '{{service}} {{result}}' }],
    },
  ],
  [
    {
      title: 'Memory',
      description: 'Resident memory of each process; the limits are in compose.yaml.',
      unit: 'bytes',
      queries: [{ expression: `process_resident_memory_bytes${chosen}`, legend: '{{service}}' }],
    },
    {
      title: 'Processor',
      description: 'Cores in use by each process.',
      unit: 'short',
      queries: [{ expression: rate('process_cpu_seconds_total', 'service'), legend: '{{service}}' }],
    },
    {
      title: 'Event loop delay, 99 of 100',
      description: 'Seconds that work waits for its turn in a process.',
      unit: 's',
      queries: [{ expression: `nodejs_eventloop_lag_p99_seconds${chosen}`, legend: '{{service}}' }],
    },
  ],
];

const COLUMNS = 24;
const HEIGHT = 8;
const datasource = { type: 'prometheus', uid: DATA_SOURCE };

/** The dashboard as Grafana reads it. */
export const dashboard = {
  uid: 'cloudmart-shop',
  title: 'The shop',
  tags: ['cloudmart'],
  timezone: 'utc',
  schemaVersion: 41,
  editable: false,
  refresh: '10s',
  time: { from: 'now-30m', to: 'now' },
  templating: {
    list: [
      {
        name: 'service',
        type: 'query',
        datasource,
        query: { query: 'label_values(process_cpu_seconds_total, service)', refId: 'service' },
        refresh: 2,
        multi: true,
        includeAll: true,
        allValue: '.*',
        current: { text: 'All', value: '$__all' },
      },
    ],
  },
  panels: panels.flatMap((row, y) =>
    row.map(({ title, description, unit, queries }, x) => ({
      id: y * 10 + x + 1,
      type: 'timeseries',
      title,
      description,
      datasource,
      gridPos: { x: (x * COLUMNS) / row.length, y: y * HEIGHT, w: COLUMNS / row.length, h: HEIGHT },
      fieldConfig: { defaults: { unit, min: 0, custom: { fillOpacity: 10, showPoints: 'never' } }, overrides: [] },
      options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } },
      targets: queries.map(({ expression, legend }, index) => ({
        refId: String.fromCharCode(65 + index),
        datasource,
        expr: expression,
        legendFormat: legend,
      })),
    })),
  ),
};
