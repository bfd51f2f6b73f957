/**
 * The hinge of the platform: what a service is and what it needs, declared beside its code.
 * AWS resources, Kubernetes objects, the local run, the release checks and the README tables are derived from it.
 */

import type { ConfigurationDeclaration } from './configuration-declaration.ts';
import type { DestinationName } from './destinations.ts';
import { type Observation, observedBy } from './observation.ts';
import type { Operation } from './operation.ts';

type KindTraits = {
  /** What runs of it on AWS: pods of the cluster, a Lambda, files behind CloudFront, a Managed Flink application. */
  readonly runs: 'pods' | 'function' | 'site' | 'flink';
  /** File below the service's folder from which its bundle is made. */
  readonly entry: string;
  /** What its bundle is: an ES module for Node, a page built with what it loads, or a SQL script with what its manifest says. */
  readonly bundle: 'program' | 'site' | 'script';
  /**
   * What stands for it on this machine, a process of `npm start` or a container of compose.yaml: the bundle itself, the invoker that
   * feeds its handler, the server of its files, or its own aggregator in place of Flink.
   */
  readonly locally: 'process' | 'invoker' | 'files' | 'aggregator';
};

/** Every kind of service and what that means. Whoever acts on one of these columns says so for each of its values, or does not compile. */
export const serviceKinds = {
  /** Serves HTTP. */
  web: { runs: 'pods', entry: 'main.ts', bundle: 'program', locally: 'process' },
  /** Serves gRPC, and HTTP for health, metrics and keys. */
  grpc: { runs: 'pods', entry: 'main.ts', bundle: 'program', locally: 'process' },
  /** Serves both. */
  'web+grpc': { runs: 'pods', entry: 'main.ts', bundle: 'program', locally: 'process' },
  /** Is invoked with events. */
  lambda: { runs: 'function', entry: 'handler.ts', bundle: 'program', locally: 'invoker' },
  /** Is a folder of files for browsers. */
  static: { runs: 'site', entry: 'index.html', bundle: 'site', locally: 'files' },
  /** Is a Flink application in SQL. */
  'stream-job': { runs: 'flink', entry: 'job.sql', bundle: 'script', locally: 'aggregator' },
} as const satisfies Readonly<Record<string, KindTraits>>;

export type ServiceKind = keyof typeof serviceKinds;

/** What can run of a service on AWS. */
export type Runtime = KindTraits['runs'];

/** What a bundle can be. */
export type BundleForm = KindTraits['bundle'];

/** What can stand for a service on this machine. */
export type LocalForm = KindTraits['locally'];

/** A Kafka topic; its dead-letter topic `<name>.dead` always comes with it. */
export type TopicDeclaration = {
  /** Number of partitions; order is kept per key inside one partition. Can grow, never shrink. */
  readonly partitions: number;
  /** Days that records are kept. */
  readonly retentionDays: number;
};

/** Types of a topic's events on which a service acts, or all of them, also those that come later. */
export type ConsumedTypes = readonly string[] | 'all';

/** Topics, and which of their events a service acts on; it skips the others before they cost anything. */
export type Consumption = Readonly<Record<string, ConsumedTypes>>;

/** A DynamoDB table. Keys are strings. */
export type TableDeclaration = {
  readonly partitionKey: string;
  readonly sortKey?: string;
  /** Attribute that holds the expiry in epoch seconds; absent: items never expire. */
  readonly expiresAt?: string;
  /** Whether changes are streamed to other functions; default false. */
  readonly stream?: boolean;
  /** Whether items are added and completed only: nobody gets a right to remove one. Default false. */
  readonly appendOnly?: boolean;
  /**
   * What its items note for those who operate the shop; whoever deploys may read single ones. `sent-mails`: one item a mail about an
   * order, with the key `<order id>:<kind of mail>` (`order-confirmed` for every paid order), whose `state` is `sent` once it went out.
   * `order-events`: one item an event of an order, as `services/contracts/ledger` says. One table of a shop at most each. Default: nothing.
   */
  readonly notes?: 'sent-mails' | 'order-events';
};

/** A bucket of object storage, never public. */
export type BucketDeclaration = {
  /** Folders in it that the service uses; its role reaches nothing beside them. */
  readonly folders: readonly string[];
  /** The one of them to which browsers upload by signed addresses; what lies there for a day is removed. Default none. */
  readonly uploads?: string;
};

/** A function that must be exported by a source file and reachable in the bundle. */
export type CriticalFunction = {
  /** Path relative to the service's folder, for example `events/on-payment-event.ts`. */
  readonly file: string;
  readonly name: string;
};

export type ServiceManifest = {
  /** Folder name under `services/`, DNS label, and the name of everything derived. */
  readonly name: string;
  readonly kind: ServiceKind;
  /** One sentence for people; shown in the README table and on the start-up table. */
  readonly summary: string;
  readonly ports: { readonly http?: number; readonly grpc?: number };
  /** Whether the load balancer routes public traffic here; default false. */
  readonly public?: boolean;
  /** Beginnings of public paths that take bodies above 8 KiB, which the web firewall refuses elsewhere; default none. */
  readonly largeBodies?: readonly string[];
  readonly owns: {
    /** Name of the PostgreSQL database; its owning role has the service's name. */
    readonly database?: string;
    readonly tables?: Readonly<Record<string, TableDeclaration>>;
    /** Object-storage buckets by name. */
    readonly buckets?: Readonly<Record<string, BucketDeclaration>>;
  };
  readonly publishes: Readonly<Record<string, TopicDeclaration>>;
  /** What the service reads, as consumer group `<service name>`. */
  readonly consumes: Consumption;
  /** Tables, of whatever owner, whose change streams wake this Lambda; each must declare `stream`. Default none. */
  readonly follows?: readonly string[];
  /** Minutes between two calls of this Lambda by the clock, beside those by events; default: none. */
  readonly wakesEveryMinutes?: number;
  /** Whether this Lambda is told when a mail of the environment comes back for good, or is reported as spam; default false. */
  readonly hearsMailFeedback?: boolean;
  /**
   * Seconds within which an event must have had its effect; above it an alarm rings. The Lambda logs how old the oldest event of a batch
   * was as `freshnessMs`. Default: nobody measures it.
   */
  readonly freshWithinSeconds?: number;
  /** Of files for browsers: buckets to which their pages upload by signed addresses; no page may send anything elsewhere. Default none. */
  readonly uploadsTo?: readonly string[];
  /** Names of services that it calls; network policies admit exactly these. */
  readonly calls: readonly string[];
  /** Those of them whose gRPC door it calls too. With each it has a secret in common, by which that one knows who calls. Default none. */
  readonly callsByGrpc?: readonly string[];
  /**
   * What it reads of others without asking them: with rights to read and no others, and as no call, so that an owner may call the
   * service that observes it. Default nothing.
   */
  readonly observes?: Partial<Observation>;
  /**
   * What it changes of others when somebody asks it to, such as a replay. It is then told what the shop is made of, as PLATFORM_MAP.
   * Default nothing.
   */
  readonly operates?: Partial<Operation>;
  /** What it reaches outside the cluster, by the names of destinations.ts; egress and IAM follow. Default none. */
  readonly reaches?: readonly DestinationName[];
  /** Whether it keeps values in the shared cache (rate limits, cache-aside), under keys that begin with its name; default false. */
  readonly cache?: boolean;
  readonly criticalFunctions: readonly CriticalFunction[];
  readonly configuration: Readonly<Record<string, ConfigurationDeclaration>>;
  /** Largest number of database connections of one process; default 5. */
  readonly databaseConnections?: number;
  readonly scaling: { readonly min: number; readonly max: number; readonly cpuPercent: number };
  readonly size: { readonly cpuMillis: number; readonly memoryMiB: number };
};

/** Seconds that every service has from SIGTERM to close in order; its process ends at this mark, and platforms kill only later. */
export const drainSeconds = 20;

/** What runs of a service on AWS. */
export const runtimeOf = ({ kind }: Pick<ServiceManifest, 'kind'>): Runtime => serviceKinds[kind].runs;

/** Services by what runs of them, each list in the order given. */
export const byRuntime = (
  services: readonly ServiceManifest[],
): Readonly<Record<Runtime, readonly ServiceManifest[]>> => {
  const none = { pods: [], function: [], site: [], flink: [] } satisfies Record<Runtime, []>;
  return { ...none, ...Object.groupBy(services, runtimeOf) };
};

/** Whether a service runs as pods; functions, stream jobs and files do not. */
export const runsInCluster = (service: Pick<ServiceManifest, 'kind'>): boolean => runtimeOf(service) === 'pods';

/** Whether a service declares values that only stand in for the real thing. */
export const hasStandIns = ({ configuration }: Pick<ServiceManifest, 'configuration'>): boolean =>
  Object.values(configuration).some(({ standIns = [] }) => standIns.length > 0);

/** Whether a service publishes or consumes events, so that it writes to the log: records, or how far it is. */
export const takesPartInEvents = ({ publishes, consumes }: Pick<ServiceManifest, 'publishes' | 'consumes'>): boolean =>
  Object.keys(consumes).length > 0 || Object.keys(publishes).length > 0;

/** Whether a service has to do with the event log at all: it takes part, or observes topics. */
export const usesEvents = (service: Pick<ServiceManifest, 'publishes' | 'consumes' | 'observes'>): boolean =>
  takesPartInEvents(service) || observedBy(service).topics.length > 0;

/** Topics that a service reads. */
export const consumedTopics = ({ consumes }: Pick<ServiceManifest, 'consumes'>): string[] => Object.keys(consumes);

/** Whether a service acts on events of a topic: on any, or on those of one type. */
export const actsOn = ({ consumes }: Pick<ServiceManifest, 'consumes'>, topic: string, type?: string): boolean => {
  const types = Object.hasOwn(consumes, topic) ? consumes[topic] : undefined;
  if (types === undefined) return false;
  return types === 'all' || type === undefined || types.includes(type);
};
/**
 * How long a Lambda is tried with a record of a topic. An outage of what it needs lasts minutes, sometimes hours; the record of one must
 * not hold up the others for so long. So after `retries` it goes to the dead letters, and from there the Lambda gets it
 * `retriesOfDeadLetters` times more. Lambda's own pause between two retries is not documented, so a function takes its own time too.
 */
export const recordTries = {
  retries: 30,
  retriesOfDeadLetters: 200,
  /** Seven days, the most that Lambda takes; a topic keeps its records about as long. */
  oldestSeconds: 604_800,
} as const;

/**
 * How long a Lambda is tried with a change of a table, and with how many at once. Without a bound one bad change holds its shard for a
 * day; a function whose peer is away waits for it inside each try.
 */
export const changeTries = {
  retries: 5,
  /** DynamoDB keeps changes for 24 hours; what is older than this goes to the failure destination. */
  oldestSeconds: 43_200,
  batchSize: 100,
} as const;

/** Dead-letter topic of a topic. */
export const deadLetterTopicOf = (topic: string): string => `${topic}.dead`;

/** What a consumer logs for each record that it puts into a dead-letter topic; the alarm on dead letters counts these lines. */
export const deadLetterMessage = 'a record became a dead letter';

/** Begins what a service logs for each difference that stays between books that must agree; the alarm on drift counts these lines. */
export const driftMessage = 'the books differ';

/** Consumer group by which a Lambda reads the dead letters of its topics. */
export const deadLetterGroupOf = (service: string): string => `${service}-dead`;

/**
 * Declares a service. Only shape and spelling are checked here; what needs the other manifests
 * (owners of topics, callees, cycles, ports) is checked where all of them meet, in `lib/manifest-checks`.
 */
export const defineService = <const M extends ServiceManifest>(manifest: M): M => {
  if (!/^[a-z][a-z0-9-]{1,30}[a-z0-9]$/.test(manifest.name))
    throw new Error(
      `services/${manifest.name}/manifest.ts: name "${manifest.name}" is not a DNS label; use 3 to 32 of a-z, 0-9 and "-", starting with a letter`,
    );
  return Object.freeze(manifest);
};
