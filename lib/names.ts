/** What AWS, Kubernetes and operators call the parts of the platform. A name that two places must agree on is made here and nowhere else. */

/** Start of every name. */
export const platformName = 'cloudmart';

/** Folder in which the platform on this machine keeps everything, where none is named. */
export const localDataFolder = `.${platformName}`;

/** Kubernetes namespace of all services. */
export const workloadNamespace = `${platformName}`;

/** Start of every physical name of an environment; its cluster, cache and mail settings have exactly this one: `cloudmart-dev`. */
export const prefixOf = (environment: string): string => `${platformName}-${environment}`;

/** Name of a role, function or stream job, of which an environment has one per service or purpose: `cloudmart-dev-order`. */
export const partName = (environment: string, part: string): string => `${prefixOf(environment)}-${part}`;

/** Name of a stack by its id: `cloudmart-dev-event-stream` of `EventStream`. */
export const stackName = (environment: string, id: string): string =>
  partName(environment, id.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase());

/** Host name of a site in an environment's domain: `storefront.dev.cloudmart.example`. */
export const siteHost = (domain: string, site: string): string => `${site}.${domain}`;

/** Image repository of a service in the registry of an environment: `cloudmart-dev/order`. */
export const repositoryName = (environment: string, service: string): string => `${prefixOf(environment)}/${service}`;

/** Image of a service in the store of this machine's container engine: `cloudmart/order:<tag>`. */
export const localImageName = (service: string, tag: string): string => `${platformName}/${service}:${tag}`;

/**
 * What the physical name of a table begins with, and a wildcard, so that a role can name it before it is there: CloudFormation makes it
 * of the stack (lib/stacks/table-stack.ts), the logical id (lib/constructs/stores/item-table.ts), which CDK makes of letters and digits alone,
 * and letters of its own.
 */
export const tablePattern = (environment: string, table: string): string =>
  `${stackName(environment, 'Table')}-${table.replaceAll(/[^A-Za-z0-9]/g, '')}Table*`;

/** Names of all queues into which the functions of an environment give what fails: `cloudmart-dev-*-failed`. */
export const failureQueuePattern = (environment: string): string => partName(environment, '*-failed');

/** User as whom a service signs in to the cache, by a token of IAM that is made for this user and the cache's name: `cloudmart-dev-cart`. */
export const cacheUser = (environment: string, service: string): string => partName(environment, service);

/** Tags of everything that an environment consists of. */
export const platformTags = (environment: string): Record<string, string> => ({ environment, platform: platformName });

/** Log group into which CloudWatch's agent ships one kind of a cluster's logs, such as `application`. */
export const clusterLogGroup = (clusterName: string, kind: string): string =>
  `/aws/containerinsights/${clusterName}/${kind}`;

/**
 * CloudWatch's agent as its operator puts it on every node: behind a service of that name, which leads to the own node and has a port for
 * each receiver in the agent's configuration. Source: amazon-cloudwatch-agent-operator, internal/manifests/collector/{service,ports}.go.
 */
export const spanCollector = {
  namespace: 'amazon-cloudwatch',
  service: 'cloudwatch-agent',
  labels: { 'app.kubernetes.io/component': 'amazon-cloudwatch-agent' },
  /** OTLP over HTTP. */
  port: 4318,
} as const;

/** Log group of a Lambda. */
export const functionLogGroup = (functionName: string): string => `/aws/lambda/${functionName}`;

/** Host by which operators reach an API server without a public address. */
export const sessionHostName = (environment: string): string => partName(environment, 'session-host');

/** Role of the nodes of a cluster. */
export const nodeRoleName = (environment: string): string => partName(environment, 'node');

/** Log group into which EKS writes what the control plane of a cluster says. */
export const controlPlaneLogGroup = (clusterName: string): string => `/aws/eks/${clusterName}/cluster`;

/** Log group into which RDS writes what a cluster says. */
export const databaseLogGroup = (databaseName: string): string => `/aws/rds/cluster/${databaseName}/postgresql`;

/** Log group of a web firewall; it delivers only to groups whose name begins so. */
export const firewallLogGroup = (firewallName: string): string => `aws-waf-logs-${firewallName}`;

/** Log group of a stream job. */
export const streamJobLogGroup = (applicationName: string): string => `/aws/kinesis-analytics/${applicationName}`;

/** Beginnings of the names of all log groups of an environment that have a name of ours. */
export const logGroupPrefixes = (environment: string): string[] => {
  const prefix = prefixOf(environment);
  return [
    controlPlaneLogGroup(prefix),
    clusterLogGroup(prefix, ''),
    databaseLogGroup(prefix),
    firewallLogGroup(prefix),
    functionLogGroup(`${prefix}-`),
    streamJobLogGroup(`${prefix}-`),
  ];
};

/** Namespace of the metrics that are made from logs. */
export const metricNamespace = (environment: string): string => `CloudMart/${environment}`;

/** Keys of labels. */
export const labelKeys = { service: 'app.kubernetes.io/name', platform: 'app.kubernetes.io/part-of' } as const;

/** Keys of annotations. */
export const annotationKeys = {
  /** Digest of the static configuration that a pod was made for. */
  configuration: 'checksum/configuration',
  /** Versions of the secrets that a pod reads, as `KEY=version KEY=version`; absent: those that are current at its start. */
  secretVersions: `${platformName}/secret-versions`,
  /** Notes on a Deployment which revision it was last rolled back to, as a template hash. */
  rolledBackTo: `${platformName}/rolled-back-to`,
  /** When somebody last asked for new pods of the same release, ISO 8601. */
  restartedAt: `${platformName}/restarted-at`,
} as const;

/** Who changes objects of the cluster beside whoever applies them, as the API server notes it. */
export const fieldManagers = {
  rollout: `${platformName}-rollout`,
  secrets: `${platformName}-secrets`,
  restarts: `${platformName}-restarts`,
} as const;

/** ConfigMap of the namespace that remembers which releases were verified. */
export const releasesConfigMap = `${platformName}-releases`;
