/** One service by itself: its doors, what it calls, its events, what it declares of the business, its processes. */
import type { CataloguedMetric } from '../../services/contracts/metrics/catalogued-metric.ts';
import { metricsOf } from '../../services/contracts/metrics/metric-catalogue.ts';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { selectorsIn } from '../alerts/selectors.ts';
import type { Dashboard, Panel, Row } from './dashboard.ts';
import { ownDoorPanels } from './door-panels.ts';
import { metricPanel } from './metric-panel.ts';
import { memoryOfLimit, processPanels } from './process-panels.ts';

/** Connections of all pods come together; a pool that another pod has is another pool. */
const poolPanel = (matchers: string): Panel => ({
  title: 'Database connections',
  description: 'Connections of all pools, and callers that wait for one.',
  unit: 'short',
  queries: [{ expression: `sum by (pool, state) (pg_pool_connections{${matchers}})`, legend: '{{pool}} {{state}}' }],
});

/** Under which heading a metric comes, by how its name begins; what no other has is the service's own matter. */
const headings: readonly (readonly [beginning: RegExp, title: string])[] = [
  [/^http_/, 'HTTP'],
  [/^grpc_/, 'gRPC'],
  [/^security_/, 'Security'],
  [/^(circuit|call)_/, 'Calls to others'],
  [/^(pg|cache)_/, 'Database and cache'],
  [/^(outbox|jobs)_/, 'Events and jobs'],
  [/^consumer_/, 'Consumers'],
  [/^spans_/, 'Traces'],
];
const own = 'What it does';

const headingOf = ({ name }: CataloguedMetric) => headings.find(([beginning]) => beginning.test(name))?.[1] ?? own;

const isAskedBy = (panels: readonly Panel[], { name }: CataloguedMetric) =>
  panels.some(({ queries }) =>
    queries.some(({ expression }) =>
      selectorsIn(expression).some(
        ({ metric }) => metric.replace(/_(bucket|sum|count)$/, '') === name || metric === name,
      ),
    ),
  );

/** What the service shows at `/metrics`, all of it; throws nothing, whatever the catalogue adds. */
export const serviceDashboard = (service: ServiceManifest): Dashboard => {
  const { name, summary } = service;
  const matchers = `service="${name}"`;
  const metrics = metricsOf(service);
  const drawn = new Map<string, Panel[]>([
    ['HTTP', service.ports.http === undefined ? [] : ownDoorPanels('HTTP', matchers)],
    ['gRPC', service.ports.grpc === undefined ? [] : ownDoorPanels('gRPC', matchers)],
    [
      'Database and cache',
      metrics.some((metric) => metric.name === 'pg_pool_connections') ? [poolPanel(matchers)] : [],
    ],
  ]);
  const rowOf = (title: string): Row => {
    const first = drawn.get(title) ?? [];
    const others = metrics.filter((metric) => headingOf(metric) === title && !isAskedBy(first, metric));
    return { title, panels: [...first, ...others.map((metric) => metricPanel(metric, matchers))] };
  };
  const rows = [own, ...headings.map(([, title]) => title)].map(rowOf);
  return {
    name: `service-${name}`,
    title: `Service ${name}`,
    description: summary,
    rows: [
      ...rows.filter(({ panels }) => panels.length > 0),
      { title: 'Processes', panels: [memoryOfLimit([service]), ...processPanels(matchers)] },
    ],
  };
};
