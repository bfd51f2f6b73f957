/**
 * What a platform gives so that workloads can be written: plain data, from the CDK app (where some strings hold tokens) and
 * from `cloudmart render` (where the same strings hold placeholders of stack outputs).
 */

/** Smallest and largest number of pods of one service. */
export type ReplicaBounds = { readonly min: number; readonly max: number };

/** The public door, an Ingress of the cluster's load balancer. */
export type IngressValues = {
  /** Name of the IngressClass, for example `alb`. */
  readonly className: string;
  /** Host name that is routed; absent: every host that reaches the load balancer. */
  readonly host?: string;
  /** Annotations of the load-balancer controller: scheme, certificate, WAF, access logs, health check. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Label of the namespace by which a new pod is ready only once the load balancer finds it healthy. */
  readonly readinessGateLabel: string;
  /** CIDRs of the subnets that the load balancer's own addresses come from; only these may reach public services from outside. */
  readonly sourceCidrs: readonly string[];
};

/** CIDRs and ports that pods may reach outside the namespace. Numbers and CIDRs are literals, never tokens. */
export type NetworkValues = {
  /** Resolver addresses beside the cluster's own DNS pods, such as the cluster's DNS service address on EKS Auto Mode. */
  readonly dnsCidrs: readonly string[];
  /** Subnets of the data stores and of the brokers. */
  readonly dataCidrs: readonly string[];
  /** Subnets of the interface endpoints of AWS APIs, reached on 443; none: the APIs are reached at their public addresses. */
  readonly endpointCidrs: readonly string[];
  /** Subnets from which the collector of metrics reads the pods; none: nobody reads them. No pod has an address there. */
  readonly metricsCidrs: readonly string[];
  readonly databasePort: number;
  readonly eventsPorts: readonly number[];
  readonly cachePorts: readonly number[];
};

export type WorkloadValues = {
  /** `dev`, `staging` or `production`: a label of every object. */
  readonly environment: string;
  /** Kubernetes namespace of all services. */
  readonly namespace: string;
  readonly region: string;
  /** Whole image reference per service, with an immutable tag or a digest. May hold tokens. */
  readonly images: Readonly<Record<string, string>>;
  readonly replicas: Readonly<Record<string, ReplicaBounds>>;
  readonly logLevel: string;
  /** `host:port` of the PostgreSQL writer. May hold tokens. */
  readonly databaseAddress: string;
  /** How services sign in to PostgreSQL. */
  readonly databaseAuth: 'iam' | 'password';
  /** `kafka://broker,broker?auth=iam`. May hold tokens. */
  readonly eventsUrl: string;
  /**
   * `rediss://user@host:port?cacheName=name` per service that uses the cache, where user and name are what a token of IAM is made for.
   * May hold tokens.
   */
  readonly cacheUrls: Readonly<Record<string, string>>;
  /** Physical name per table that a manifest declares. May hold tokens. */
  readonly tables: Readonly<Record<string, string>>;
  /** `s3://name` per bucket that a manifest declares. May hold tokens. */
  readonly buckets: Readonly<Record<string, string>>;
  /** `ses:`; only services that reach SES get it. */
  readonly mailUrl: string;
  /** `sns:<ARN of a topic>` for services that tell a chat; absent: nobody reads one. May hold tokens. */
  readonly chatUrl?: string | undefined;
  /** `sns:<ARN of a topic>`; only services that tell of mails get it. May hold tokens. */
  readonly sentMailsUrl: string;
  /** Secrets Manager id (name or ARN) per service and key of its configuration, those of two services included. May hold tokens. */
  readonly secretIds: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Plain configuration per service that differs from the manifest's default. Literals only: it lands in a ConfigMap. */
  readonly configuration: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly network: NetworkValues;
  /** Share of traces that the agent on the nodes gets; absent: none is recorded. */
  readonly traces?: { readonly share: number };
  /** Absent: no public door in this environment. */
  readonly ingress?: IngressValues;
};
