/** The pictures and tables of `docs/architecture.md`, from manifests, environments and templates. */
import { usesCache } from '../../services/kit/cache-rights.ts';
import { destinations } from '../../services/kit/destinations.ts';
import {
  consumedTopics,
  runsInCluster,
  runtimeOf,
  type ServiceManifest,
  usesEvents,
} from '../../services/kit/manifest.ts';
import { usesDatabases } from '../../services/kit/observation.ts';
import type { Environment } from '../environment/environment.ts';
import { subnetRanges } from '../environment/subnet-ranges.ts';
import { partName } from '../names.ts';
import { callersOf } from '../services.ts';
import type { SynthesizedStack } from '../templates/platform-templates.ts';
import { at, identityStatements, resourcesOf, textOf } from '../templates/template.ts';
import { dataTable } from './data-table.ts';
import { codes, table } from './markdown-table.ts';
import { purchaseSequence } from './purchase-sequence.ts';
import { homes } from './service-homes.ts';
import { withPart } from './written-part.ts';

const mermaid = (kind: string, lines: readonly string[]) => ['```mermaid', kind, ...lines, '```'].join('\n');

const context = (services: readonly ServiceManifest[], { publicDoor, delivery, alerts }: Environment) =>
  mermaid('flowchart LR', [
    '  customer((customer))',
    '  staff((shop staff))',
    '  team((team))',
    '  shop[CloudMart]',
    `  customer -->|${publicDoor ? 'HTTPS, WAF' : 'HTTPS'}| shop`,
    '  staff -->|the same door, other rights| shop',
    ...[...new Set(services.flatMap(({ reaches = [] }) => reaches))].map(
      (place) => `  shop --> ${place}[${destinations[place].title}]`,
    ),
    ...(delivery
      ? [
          '  team -->|pull request| github[GitHub]',
          '  github -->|OIDC, for an hour| aws[CloudFormation]',
          '  aws --> shop',
        ]
      : []),
    `  shop -->|alarms by mail, budget of ${alerts.monthlyBudgetUsd} USD| team`,
  ]);

const containers = (services: readonly ServiceManifest[]) =>
  mermaid('flowchart LR', [
    '  customer((customer))',
    ...Object.entries(homes).flatMap(([runtime, { title, shape }]) => {
      const inside = services.filter((service) => runtimeOf(service) === runtime);
      return inside.length > 0
        ? [`  subgraph ${title}`, ...inside.map(({ name }) => `    ${shape(name)}`), '  end']
        : [];
    }),
    ...services.filter(({ public: isPublic }) => isPublic).map(({ name }) => `  customer -->|ALB| ${name}`),
    ...services.flatMap(({ name, owns }) => [
      ...(owns.database ? [`  ${name} --- ${name}-database[(Aurora: ${owns.database})]`] : []),
      ...Object.keys(owns.tables ?? {}).map((one) => `  ${name} --- ${name}-${one}[(DynamoDB: ${one})]`),
      ...Object.keys(owns.buckets ?? {}).map((one) => `  ${name} --- ${name}-${one}[(S3: ${one})]`),
    ]),
    ...services.filter(usesCache).map(({ name }) => `  ${name} --- cache[(Valkey)]`),
    ...services
      .filter(({ publishes }) => Object.keys(publishes).length > 0)
      .map(({ name }) => `  ${name} -.-> events([MSK])`),
    ...services
      .filter((service) => consumedTopics(service).length > 0)
      .map(({ name }) => `  events([MSK]) -.-> ${name}`),
  ]);

/** Without edges that follow from others. */
const reduced = (stacks: readonly SynthesizedStack[]) => {
  const needs = new Map(stacks.map(({ stack, dependencies }) => [stack, dependencies]));
  const reaches = (from: string, to: string): boolean =>
    (needs.get(from) ?? []).some((next) => next === to || reaches(next, to));
  return stacks.flatMap(({ stack, dependencies }) =>
    dependencies
      .filter((one) => !dependencies.some((other) => other !== one && reaches(other, one)))
      .map((one) => [one, stack] as const),
  );
};

const stackPicture = (production: readonly SynthesizedStack[]) =>
  mermaid('flowchart LR', [
    ...production.map(({ stack }) => `  ${stack}`),
    ...reduced(production).map(([from, to]) => `  ${from} --> ${to}`),
  ]);

const stackTable = (production: readonly SynthesizedStack[]) =>
  table(
    ['stack', 'what lives in it', 'comes after'],
    production.map(({ stack, template, dependencies }) => [
      `\`${stack}\``,
      String(template.Description ?? '-'),
      codes([...dependencies].sort()),
    ]),
  );

const identity = (services: readonly ServiceManifest[], production: readonly SynthesizedStack[]) =>
  table(
    ['service', 'role', 'gets it as', 'may'],
    // Files for browsers are nobody and may do nothing.
    services
      .filter((service) => runtimeOf(service) !== 'site')
      .map((service) => {
        const roleName = partName('production', service.name);
        const found = production.flatMap(({ template }) =>
          resourcesOf(template, 'AWS::IAM::Role')
            .filter(({ properties }) => textOf(properties['RoleName'] ?? '') === roleName)
            .flatMap(({ logicalId }) =>
              identityStatements(template).filter(
                ({ entry }) =>
                  entry.logicalId === logicalId ||
                  JSON.stringify(at(entry.properties, 'Roles') ?? '').includes(`"${logicalId}"`),
              ),
            ),
        );
        const rights = found.flatMap(({ statement }) => statement.Sid ?? []);
        const as = runsInCluster(service) ? `service account \`${service.name}\`, Pod Identity` : 'execution role';
        return [`\`${service.name}\``, `\`${roleName}\``, as, [...new Set(rights)].join(', ') || '-'];
      }),
  );

const subnets = (environments: readonly Environment[]) =>
  table(
    [
      'environment',
      'VPC',
      'public: load balancer, NAT',
      'private: nodes, pods, functions',
      'data: no way out',
      'ways out',
    ],
    environments.map(({ name, network }) => {
      const ranges = subnetRanges(network);
      return [
        name,
        network.cidr,
        ranges.public.join('<br>'),
        ranges.private.join('<br>'),
        ranges.data.join('<br>'),
        `${network.natGateways} NAT; ${network.interfaceEndpoints.join(', ') || 'no interface endpoints'}`,
      ];
    }),
  );

const doors = (services: readonly ServiceManifest[]) =>
  table(
    ['pods of', 'are reached by', 'on', 'and reach'],
    services.filter(runsInCluster).map((service) => {
      const callers = callersOf(service, services);
      return [
        `\`${service.name}\``,
        [...(service.public ? ['the load balancer'] : []), ...(callers.length > 0 ? [codes(callers)] : [])].join(
          ', ',
        ) || 'nobody',
        Object.entries(service.ports)
          .map(([kind, port]) => `${kind} ${port}`)
          .join(', '),
        [
          ...(service.calls.length > 0 ? [codes(service.calls)] : []),
          ...(usesDatabases(service) ? ['Aurora'] : []),
          ...(usesEvents(service) ? ['MSK'] : []),
          ...(usesCache(service) ? ['Valkey'] : []),
        ].join(', '),
      ];
    }),
  );

const outside = (services: readonly ServiceManifest[]) =>
  table(
    ['reached outside', 'by', 'at', 'with these rights on AWS'],
    Object.entries(destinations).flatMap(([name, { title, hosts, ports, grants }]) => {
      const by = services.filter(({ reaches = [] }) => reaches.some((one) => one === name));
      const places = hosts.map((host) => `\`${host}\``).join('<br>');
      return by.length > 0
        ? [
            [
              title,
              codes(by.map((service) => service.name)),
              `${places}, port ${ports.join(', ')}`,
              codes(grants.flatMap(({ actions }) => actions)),
            ],
          ]
        : [];
    }),
  );

export type ArchitectureFacts = {
  readonly services: readonly ServiceManifest[];
  readonly environments: readonly Environment[];
  /** Stacks of production in the order of deployment. */
  readonly production: readonly SynthesizedStack[];
};

/** The page with its pictures and tables as the code has them now. */
export const architecturePage = (text: string, { services, environments, production }: ArchitectureFacts): string => {
  const largest = environments.at(-1);
  if (!largest) throw new Error('lib/environments.ts declares no environment');
  const parts = {
    context: context(services, largest),
    containers: containers(services),
    purchase: purchaseSequence(services),
    stacks: `${stackPicture(production)}\n\n${stackTable(production)}`,
    identity: identity(services, production),
    network: `${subnets(environments)}\n\n${doors(services)}\n\n${outside(services)}`,
    data: dataTable(services),
  };
  return Object.entries(parts).reduce(
    (page, [part, content]) =>
      withPart(page, { file: 'docs/architecture.md', part, command: 'npx cloudmart pages' }, content),
    text,
  );
};
