/** docs/metrics.md: what the services measure, from the catalogue. */
import type { CataloguedMetric } from '../../services/contracts/metrics/catalogued-metric.ts';
import {
  type Emitter,
  metricCatalogue,
  metricsOf,
  mostSeries,
  processPrefixes,
} from '../../services/contracts/metrics/metric-catalogue.ts';
import { codes, table } from './markdown-table.ts';

const labelsOf = ({ labels = {} }: CataloguedMetric) =>
  Object.entries(labels)
    .map(([label, bound]) => `\`${label}\`${typeof bound === 'string' ? '' : `: ${bound.join(', ')}`}`)
    .join('; ') || '-';

/** The page, for the services that run in pods. */
export const metricsPage = (services: readonly Emitter[]): string => {
  const emitters = (metric: CataloguedMetric) =>
    codes(services.filter((service) => metricsOf(service).includes(metric)).map(({ name }) => name));
  return `# Metrics

Written by \`npm run map\` from \`services/contracts/metrics/metric-catalogue.ts\`. Each pod shows them at \`/metrics\` of its port for probes, with a label
\`service\`. A test asks every running service: it emits what is listed for it and nothing else. Labels without values here take names that stand in
the code (routes, methods, topics, queues, codes), never what a caller sends; a metric has at most ${mostSeries} series in a process. Names that begin
with ${processPrefixes.map((prefix) => `\`${prefix}\``).join(' or ')} come from every process: memory, processor time, delays of the event loop, garbage collection.

${table(
  ['metric', 'kind', 'says', 'labels', 'services'],
  metricCatalogue.map((metric) => [`\`${metric.name}\``, metric.kind, metric.help, labelsOf(metric), emitters(metric)]),
)}
`;
};
