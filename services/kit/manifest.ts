/**
 * The hinge of the platform: what a service is and what it needs, declared beside its code.
 * AWS resources, Kubernetes objects, the local run, the release checks and the README tables are derived from it.
 */

/**
 * `web` serves HTTP, `grpc` serves gRPC (plus HTTP for health), `lambda` is invoked with events, `stream-job` is a Flink application,
 * `static` is a folder of files for browsers.
 */
export type ServiceKind = 'web' | 'grpc' | 'web+grpc' | 'lambda' | 'stream-job' | 'static';

/** A Kafka topic; its dead-letter topic `<name>.dead` always comes with it. */
export type TopicDeclaration = {
  /** Number of partitions; order is kept per key inside one partition. Can grow, never shrink. */
  readonly partitions: number;
  /** Days that records are kept. */
  readonly retentionDays: number;
};

/** A DynamoDB table. Keys are strings. */
export type TableDeclaration = {
  readonly partitionKey: string;
  readonly sortKey?: string;
  /** Attribute that holds the expiry in epoch seconds; absent: items never expire. */
  readonly expiresAt?: string;
  /** Whether changes are streamed to other functions; default false. */
  readonly stream?: boolean;
};

/** One environment variable of the service beyond the addresses that the platform derives. */
export type ConfigurationDeclaration = {
  /** One sentence for operators. */
  readonly description: string;
  /** `secret` values are read from Secrets Manager and never appear in a chart or template. */
  readonly kind: 'plain' | 'secret';
  /** Value for every environment that sets none; a secret has no default. */
  readonly default?: string;
  /** Whether mails are sent from this address; its default is then at each environment's own domain, and no other may be set. Default false. */
  readonly sender?: boolean;
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
    /** Names of object-storage buckets. */
    readonly buckets?: readonly string[];
  };
  readonly publishes: Readonly<Record<string, TopicDeclaration>>;
  /** Topics that the service reads, as consumer group `<service name>`. */
  readonly consumes: readonly string[];
  /** Tables, of whatever owner, whose change streams wake this Lambda; each must declare `stream`. Default none. */
  readonly follows?: readonly string[];
  /** Names of services that it calls; network policies admit exactly these. */
  readonly calls: readonly string[];
  /** What it reaches outside the cluster; egress and IAM follow. Default none. */
  readonly reaches?: readonly ('ses' | 'sns' | 'payment-provider')[];
  /** Whether it uses the shared cache (rate limits, cache-aside); default false. */
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

/** Dead-letter topic of a topic. */
export const deadLetterTopicOf = (topic: string): string => `${topic}.dead`;

/**
 * Declares a service. Only shape and spelling are checked here; what needs the other manifests
 * (owners of topics, callees, cycles, ports) is checked where all of them meet, in `lib/services.ts`.
 */
export const defineService = <const M extends ServiceManifest>(manifest: M): M => {
  if (!/^[a-z][a-z0-9-]{1,30}[a-z0-9]$/.test(manifest.name))
    throw new Error(
      `services/${manifest.name}/manifest.ts: name "${manifest.name}" is not a DNS label; use 3 to 32 of a-z, 0-9 and "-", starting with a letter`,
    );
  return Object.freeze(manifest);
};
