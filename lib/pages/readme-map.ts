/** The parts of README.md that are written from the manifests. */
import { consumedTopics, runtimeOf, type ServiceManifest } from '../../services/kit/manifest.ts';
import { homes } from './service-homes.ts';
import { withPart } from './written-part.ts';

const doors = ({ ports }: ServiceManifest): string =>
  [ports.http && `HTTP ${ports.http}`, ports.grpc && `gRPC ${ports.grpc}`].filter(Boolean).join(', ') || 'events';

const owned = ({ owns }: ServiceManifest): string =>
  [
    owns.database && `database \`${owns.database}\``,
    ...Object.keys(owns.tables ?? {}).map((table) => `table \`${table}\``),
    ...Object.keys(owns.buckets ?? {}).map((bucket) => `bucket \`${bucket}\``),
  ]
    .filter(Boolean)
    .join(', ') || '-';

const list = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ') || '-';

const serviceTable = (services: readonly ServiceManifest[]): string =>
  [
    '| service | what it is | doors | owns | publishes | consumes | calls |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...services.map((service) => {
      const cells = [
        `[${service.name}](services/${service.name})`,
        service.summary,
        doors(service),
        owned(service),
        list(Object.keys(service.publishes)),
        list(consumedTopics(service)),
        list(service.calls),
      ];
      return `| ${cells.join(' | ')} |`;
    }),
  ].join('\n');

const picture = (services: readonly ServiceManifest[]): string => {
  const topics = services.flatMap(({ publishes }) => Object.keys(publishes));
  return [
    '```mermaid',
    'flowchart LR',
    '  browser((browser))',
    ...services.map((service) => `  ${homes[runtimeOf(service)].shape(service.name)}`),
    ...topics.map((topic) => `  ${topic}([${topic}])`),
    ...services.filter(({ public: isPublic }) => isPublic).map(({ name }) => `  browser --> ${name}`),
    ...services.flatMap(({ name, calls }) => calls.map((callee) => `  ${name} --> ${callee}`)),
    ...services.flatMap(({ name, publishes }) => Object.keys(publishes).map((topic) => `  ${name} -.-> ${topic}`)),
    ...services.flatMap((service) => consumedTopics(service).map((topic) => `  ${topic} -.-> ${service.name}`)),
    '```',
  ].join('\n');
};

/** README.md with its generated parts as the manifests have them now. */
export const readmeWith = (text: string, services: readonly ServiceManifest[]): string =>
  Object.entries({ picture: picture(services), services: serviceTable(services) }).reduce(
    (page, [part, content]) => withPart(page, { file: 'README.md', part, command: 'npm run map' }, content),
    text,
  );
