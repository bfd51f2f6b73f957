/** The table of data in `docs/architecture.md`, from the manifests. */
import { actsOn, type ServiceManifest } from '../../services/kit/manifest.ts';
import { type Observation, observedBy } from '../../services/kit/observation.ts';
import { codes, table } from './markdown-table.ts';

/** Services that read a topic, each with the types on which it acts. */
const readersOf = (topic: string, services: readonly ServiceManifest[]) =>
  services
    .filter((service) => actsOn(service, topic))
    .map(({ name, consumes }) => `\`${name}\` (${[consumes[topic]].flat().join(', ')})`);

const followersOf = (table: string, services: readonly ServiceManifest[]) =>
  services.filter(({ follows = [] }) => follows.includes(table)).map(({ name }) => `\`${name}\``);

/** Services that observe something, one line for all of them; none is no line. */
const observersOf = (kind: keyof Observation, name: string, services: readonly ServiceManifest[]) => {
  const observers = services.filter((service) => observedBy(service)[kind].includes(name));
  return observers.length > 0 ? [`${codes(observers.map((service) => service.name))}, which observes it`] : [];
};

/** What is kept, by whom, and who else may see it. */
export const dataTable = (services: readonly ServiceManifest[]) =>
  table(
    ['what', 'where', 'owner', 'who else learns of it'],
    services.flatMap((service) => [
      ...(service.owns.database
        ? [
            [
              `database \`${service.owns.database}\``,
              'Aurora PostgreSQL',
              `\`${service.name}\``,
              observersOf('databases', service.owns.database, services).join() || 'nobody: callers ask its doors',
            ],
          ]
        : []),
      ...Object.entries(service.owns.tables ?? {}).map(([name, { expiresAt }]) => [
        `table \`${name}\`${expiresAt ? ', items expire' : ''}`,
        'DynamoDB',
        `\`${service.name}\``,
        [...followersOf(name, services), ...observersOf('tables', name, services)].join(', ') || 'nobody',
      ]),
      ...Object.keys(service.owns.buckets ?? {}).map((name) => [
        `bucket \`${name}\``,
        'S3',
        `\`${service.name}\``,
        'nobody',
      ]),
      ...Object.entries(service.publishes).map(([name, { partitions, retentionDays }]) => [
        `topic \`${name}\`, ${partitions} partitions, ${retentionDays} days`,
        'MSK',
        `\`${service.name}\``,
        [...readersOf(name, services), ...observersOf('topics', name, services)].join('<br>') || '-',
      ]),
    ]),
  );
