/** Checks that need more than one value of an environment, more than one environment, or the manifests. */
import type { z } from 'zod';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { observedBy, observerConnections, usesDatabases } from '../../services/kit/observation.ts';
import { overlap, PRIVATE_RANGES, startOf, within } from './address-range.ts';
import { type Environment, environmentShape } from './environment.ts';
import { configurationProblems } from './environment-configuration.ts';
import { nodesEncrypt } from './node-traffic.ts';
import { readinessProblems } from './readiness.ts';

/** Range that EKS gives to Kubernetes services; outside every VPC range. */
export const SERVICE_CIDR = '172.20.0.0/16';

/**
 * `max_connections` of Aurora PostgreSQL Serverless v2 by its largest capacity; a minimum of 0 or 0.5 ACU caps it at 2,000.
 * Source: Aurora user guide, "Performance and scaling for Aurora Serverless v2", table of maximum connections.
 */
export const connectionLimit = ({ minCapacity, maxCapacity }: Environment['database']): number => {
  const byCapacity = [
    [1, 189],
    [4, 823],
    [8, 1669],
    [16, 3360],
    [32, 5000],
  ] as const;
  const limit = byCapacity.findLast(([capacity]) => capacity <= maxCapacity)?.[1] ?? 0;
  return minCapacity <= 0.5 ? Math.min(limit, 2000) : limit;
};

type Problem = readonly [field: string, sentence: string];

const ownProblems = (environment: Environment): Problem[] => {
  const { network, database, eventStream, cache, cluster, replicas, functions, publicDoor, domain, region } =
    environment;
  const found: (Problem | false)[] = [
    !network.cidr.endsWith('/16') && [
      'network.cidr',
      `${network.cidr} is not a /16; the subnets of three zones need one`,
    ],
    !PRIVATE_RANGES.some((outer) => within(network.cidr, outer)) && [
      'network.cidr',
      `${network.cidr} belongs to somebody on the internet; take a range inside ${PRIVATE_RANGES.join(', ')}`,
    ],
    network.cidr !== startOf(network.cidr) && [
      'network.cidr',
      `${network.cidr} does not begin where its range does; write ${startOf(network.cidr)}`,
    ],
    overlap(network.cidr, SERVICE_CIDR) && [
      'network.cidr',
      `${network.cidr} overlaps ${SERVICE_CIDR}, which Kubernetes services use; choose another range`,
    ],
    new Set(network.zones).size !== network.zones.length && [
      'network.zones',
      `${network.zones.join(', ')} names a zone twice; name each once`,
    ],
    network.zones.some((zone) => !zone.startsWith(region)) && [
      'network.zones',
      `${network.zones.join(', ')} are not all in ${region}; name zones of the region`,
    ],
    environment.name !== 'dev' &&
      network.zones.length < 3 && [
        'network.zones',
        `${network.zones.length} zones do not survive the loss of one with a quorum left; name three`,
      ],
    network.natGateways > network.zones.length && [
      'network.natGateways',
      `${network.natGateways} are more than the ${network.zones.length} zones; lower it`,
    ],
    environment.name === 'production' &&
      network.natGateways < network.zones.length && [
        'network.natGateways',
        `${network.natGateways} leave a zone without its own way out; set ${network.zones.length}`,
      ],
    environment.name === 'production' &&
      !environment.protected && ['protected', 'false would let a tear-down delete customer data; set true'],
    environment.name === 'production' &&
      database.readers < 1 && [
        'database.readers',
        '0 means minutes without a database when its zone fails; set at least 1',
      ],
    environment.name === 'production' &&
      !publicDoor && ['publicDoor', 'nothing means that no customer reaches the shop; describe the door'],
    environment.name === 'production' &&
      eventStream.minInSyncReplicas < 2 && [
        'eventStream.minInSyncReplicas',
        '1 lets a confirmed record be lost with one broker; set 2',
      ],
    environment.name === 'production' &&
      eventStream.brokerType === 'kafka.t3.small' && [
        'eventStream.brokerType',
        'kafka.t3.small slows down under steady load; take a kafka.m7g size',
      ],
    environment.name === 'production' &&
      cache.replicas < 1 && ['cache.replicas', '0 leaves nothing to take over for a lost node; set at least 1'],
    environment.name === 'production' &&
      replicas.min < 2 && [
        'replicas.min',
        '1 pod of a service means an outage with every node that goes; set at least 2',
      ],
    environment.name === 'production' &&
      !environment.backups && [
        'backups',
        'nothing means that a deleted database takes its backups along; describe them',
      ],
    database.minCapacity > database.maxCapacity && [
      'database.minCapacity',
      `${database.minCapacity} is above maxCapacity ${database.maxCapacity}; lower it`,
    ],
    database.autoPauseMinutes !== undefined &&
      database.minCapacity > 0 && [
        'database.autoPauseMinutes',
        `${database.autoPauseMinutes} has no effect with minCapacity ${database.minCapacity}; remove it or set minCapacity 0`,
      ],
    eventStream.replicationFactor > eventStream.brokersPerZone * network.zones.length && [
      'eventStream.replicationFactor',
      `${eventStream.replicationFactor} is more than the ${eventStream.brokersPerZone * network.zones.length} brokers; add brokers or zones`,
    ],
    eventStream.minInSyncReplicas >= eventStream.replicationFactor && [
      'eventStream.minInSyncReplicas',
      `${eventStream.minInSyncReplicas} of ${eventStream.replicationFactor} copies would stop all writes when one broker restarts; lower it`,
    ],
    cluster.nodes.min > cluster.nodes.max && [
      'cluster.nodes.min',
      `${cluster.nodes.min} is above max ${cluster.nodes.max}; lower it`,
    ],
    environment.name !== 'dev' &&
      !nodesEncrypt(cluster) &&
      (cluster.compute === 'auto-mode'
        ? [
            'cluster.nodes.categories',
            `${cluster.nodes.categories.join(', ')} lets nodes send each other plain text, because t3 does not encrypt; remove t`,
          ]
        : [
            'cluster.nodes.instanceType',
            `${cluster.nodes.instanceType} sends plain text to other nodes; take a c, m or r of generation 6 or later, but for 6g and 6gd`,
          ]),
    environment.name === 'production' &&
      cluster.capacity === 'spot' && ['cluster.capacity', 'spot nodes may all go at once; set on-demand'],
    replicas.min > replicas.max && ['replicas.min', `${replicas.min} is above max ${replicas.max}; lower it`],
    functions.pollers !== undefined &&
      functions.pollers.min > functions.pollers.max && [
        'functions.pollers.min',
        `${functions.pollers.min} is above max ${functions.pollers.max}; lower it`,
      ],
    functions.pollers === undefined &&
      eventStream.subnets === 'data' && [
        'functions.pollers',
        'nothing means that Lambda polls from the subnets of the brokers, which have no way to Lambda, STS and SQS; set pollers, or eventStream.subnets private',
      ],
    publicDoor !== undefined &&
      !publicDoor.host.endsWith(`.${domain}`) && [
        'publicDoor.host',
        `${publicDoor.host} is not under ${domain}, so its certificate cannot be validated; use a name such as shop.${domain}`,
      ],
  ];
  return found.filter((problem): problem is Problem => problem !== false);
};

/** Problems inside each environment and between them, as `<environment>.<field>: <sentence>`. */
export const environmentProblems = (environments: readonly Environment[]): string[] => [
  ...environments.flatMap((environment) =>
    [...ownProblems(environment), ...readinessProblems(environment)].map(
      ([field, sentence]) => `${environment.name}.${field}: ${sentence}`,
    ),
  ),
  ...environments.flatMap((environment, index) =>
    environments
      .slice(0, index)
      .flatMap((other) => [
        ...(other.name === environment.name
          ? [`${environment.name}.name: two environments have this name; rename one`]
          : []),
        ...(other.account !== undefined &&
        other.account === environment.account &&
        other.delivery?.createsProvider &&
        environment.delivery?.createsProvider
          ? [
              `${environment.name}.delivery.createsProvider: true makes a second OIDC provider of GitHub in ${other.account}, where ${other.name} makes the one that an account may have; set false`,
            ]
          : []),
        ...(overlap(other.network.cidr, environment.network.cidr)
          ? [
              `${environment.name}.network.cidr: ${environment.network.cidr} overlaps ${other.network.cidr} of ${other.name}, so the two could never be peered; choose another range`,
            ]
          : []),
      ]),
  ),
];

const freeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(freeze);
  return Object.freeze(value);
};

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], value);

/** One sentence for what the shape of an environment refuses: the field, its value and what is allowed. */
const refusalOf = (name: string, candidate: unknown, issue: z.core.$ZodIssue): string => {
  const field = [name, ...issue.path].join('.');
  const value = valueAt(candidate, issue.path);
  if (issue.code !== 'unrecognized_keys')
    return `${field}: ${JSON.stringify(value) ?? 'nothing'} is not allowed: ${issue.message}`;
  return `${field}: ${issue.message}; lib/environment/environment.ts knows no such value: remove it, or declare it there`;
};

/**
 * Checks the environments one by one and against each other, and returns them frozen.
 * Throws one error with a line per bad value: `<environment>.<field>: <value> ...; <what is allowed>`.
 */
export const defineEnvironments = (candidates: readonly unknown[]): readonly Environment[] => {
  const problems: string[] = [];
  const environments: Environment[] = [];
  for (const candidate of candidates) {
    const name = String(valueAt(candidate, ['name']));
    const parsed = environmentShape.safeParse(candidate);
    if (parsed.success) environments.push(parsed.data);
    else problems.push(...parsed.error.issues.map((issue) => refusalOf(name, candidate, issue)));
  }
  problems.push(...environmentProblems(environments));
  if (problems.length > 0) throw new Error(`lib/environments.ts cannot be used:\n${problems.join('\n')}`);
  return environments.map(freeze);
};

/** Pods of a service in an environment: what its manifest asks for, within the environment's bounds. */
export const replicasOf = ({ scaling }: ServiceManifest, { replicas }: Environment) => {
  const min = Math.min(Math.max(scaling.min, replicas.min), replicas.max);
  return { min, max: Math.max(min, Math.min(scaling.max, replicas.max)) };
};

/** Refuses what the manifests ask for and an environment cannot give. Throws one error with a line per problem. */
export const checkAgainstServices = (environment: Environment, services: readonly ServiceManifest[]): void => {
  const problems: string[] = [];
  const pools = services.filter(usesDatabases).map((service) => {
    const pods = replicasOf(service, environment).max;
    const own = service.owns.database ? (service.databaseConnections ?? 5) : 0;
    const ofPod = own + observerConnections * observedBy(service).databases.length;
    // One pod of a rolling update comes on top of the largest number.
    return { name: service.name, connections: ofPod * (pods + Math.ceil(pods / 4)) };
  });
  const wanted = pools.reduce((sum, { connections }) => sum + connections, 0);
  const limit = connectionLimit(environment.database);
  if (wanted > limit)
    problems.push(
      `database.maxCapacity: ${environment.database.maxCapacity} ACU take ${limit} connections, but ${pools.map(({ name, connections }) => `${name} ${connections}`).join(', ')} add up to ${wanted} at full scale; raise maxCapacity, or lower replicas.max or databaseConnections`,
    );
  problems.push(...configurationProblems(environment, services));
  if (problems.length > 0)
    throw new Error(problems.map((problem) => `lib/environments.ts: ${environment.name}.${problem}`).join('\n'));
};
