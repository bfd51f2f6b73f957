/** What may differ between environments: every value with its unit, its bounds and a sentence for whoever edits it. */
import { z } from 'zod';
import { slackShape, teamsShape } from './chat-shape.ts';
import { clusterShape } from './cluster-shape.ts';
import { metricsShape, tracesShape } from './telemetry-shape.ts';
import { cidr, count, hostName, logDays } from './value-shapes.ts';

const network = z.strictObject({
  cidr: cidr.describe('Address range of the VPC; a /16 that no other environment and no peer uses.'),
  zones: z
    .array(z.string().regex(/^[a-z]{2}-[a-z]+-\d[a-z]$/))
    .min(2)
    .max(3)
    .describe('Availability zones by name; written down, because synthesis asks AWS nothing.'),
  natGateways: count(1, 3).describe('NAT gateways; one per zone survives the loss of a zone, a single one is cheaper.'),
  interfaceEndpoints: z
    .array(z.enum(['ecr.api', 'ecr.dkr', 'eks', 'eks-auth', 'kms', 'logs', 'secretsmanager', 'sts']))
    .describe('AWS APIs reached by an interface endpoint in every zone; the others go through NAT.'),
  flowLogDays: logDays.describe('Days that flow logs of the VPC are kept.'),
});

const database = z.strictObject({
  version: z.enum(['17.9']).describe('Aurora PostgreSQL version.'),
  minCapacity: z
    .number()
    .multipleOf(0.5)
    .min(0)
    .max(256)
    .describe('Smallest capacity in ACU (about 2 GiB each); 0 pauses an idle cluster.'),
  maxCapacity: z
    .number()
    .multipleOf(0.5)
    .min(1)
    .max(256)
    .describe('Largest capacity in ACU; it also sets how many connections fit.'),
  autoPauseMinutes: count(5, 1440).optional().describe('Idle minutes before a cluster with a minimum of 0 ACU pauses.'),
  readers: count(0, 5).describe('Readers in other zones; each is a target for failover.'),
  backupDays: count(1, 35).describe('Days of continuous backup (point-in-time recovery).'),
});

const eventStream = z.strictObject({
  version: z.enum(['4.1.x.kraft', '3.9.x.kraft']).describe('Apache Kafka version of MSK.'),
  brokerType: z.enum(['kafka.t3.small', 'kafka.m7g.large', 'kafka.m7g.xlarge']).describe('Size of one broker.'),
  brokersPerZone: count(1, 5).describe('Brokers in each zone.'),
  storageGiB: count(1, 16384).describe('Disk of one broker in GiB.'),
  subnets: z
    .enum(['data', 'private'])
    .describe(
      'Subnets of the brokers: data has no way out of the VPC; Kafka pollers on demand start there and need the one that private has. Changing it replaces the cluster.',
    ),
  replicationFactor: count(2, 3).describe('Copies of every partition.'),
  minInSyncReplicas: count(1, 3).describe('Copies that must confirm a write with acks=all.'),
});

const cache = z.strictObject({
  version: z.enum(['8.0']).describe('Valkey version.'),
  nodeType: z
    .string()
    .regex(/^cache\.[a-z0-9]+\.[a-z0-9]+$/)
    .describe('Size of one node.'),
  replicas: count(0, 5).describe(
    'Replicas beside the primary; with at least one a lost primary is replaced by itself.',
  ),
});

const publicDoor = z.strictObject({
  host: hostName.describe('Host name of the shop, under the domain.'),
  requestsPerFiveMinutes: count(100, 2_000_000).describe(
    'Requests of one address in five minutes before the WAF blocks it.',
  ),
  accessLogDays: logDays.describe('Days that access logs of the load balancer and the WAF are kept.'),
  proofRound: count(1, 1_000_000)
    .default(1)
    .describe(
      'Raised after CDN_PROOF was rotated, so that CloudFront and the WAF take the new value at the next deployment.',
    ),
});

/** Shape of one environment; an unknown key is refused. */
export const environmentShape = z.strictObject({
  name: z.enum(['dev', 'staging', 'production']).describe('Name of the environment; part of every physical name.'),
  account: z
    .string()
    .regex(/^\d{12}$/)
    .optional()
    .describe(
      'AWS account id; absent: the account of the credentials. Set it where a deployment into the wrong account would hurt.',
    ),
  region: z
    .string()
    .regex(/^[a-z]{2}-[a-z]+-\d$/)
    .describe('AWS region.'),
  protected: z
    .boolean()
    .describe(
      'Whether data survives a tear-down: deletion protection, retained resources, termination protection of stacks.',
    ),
  domain: hostName.describe(
    'DNS zone that the platform manages; mail is sent from it, and the public door lies under it.',
  ),
  network: network.describe('VPC, subnets and ways out.'),
  cluster: clusterShape.describe('Kubernetes.'),
  database: database.describe('Aurora PostgreSQL.'),
  eventStream: eventStream.describe('MSK.'),
  cache: cache.describe('ElastiCache for Valkey.'),
  registry: z
    .strictObject({ keepImages: count(5, 1000).describe('Newest releases kept per service.') })
    .describe('ECR.'),
  functions: z
    .strictObject({
      logDays: logDays.describe('Days that logs of functions are kept.'),
      pollers: z
        .strictObject({
          min: count(1, 200).describe('Event pollers that are always on.'),
          max: count(1, 2000).describe('Event pollers at most.'),
        })
        .optional()
        .describe(
          'Provisioned Kafka pollers: needed to name single failures, to bisect batches and to bound retries and age; absent: on-demand polling, cheaper.',
        ),
    })
    .describe('Lambda.'),
  replicas: z
    .strictObject({
      min: count(1, 50).describe('Smallest number of pods of every service, whatever its manifest says.'),
      max: count(1, 100).describe('Largest number of pods of every service, whatever its manifest says.'),
    })
    .describe('Bounds on what the manifests ask for.'),
  workloads: z
    .enum(['cdk', 'handover', 'gitops'])
    .describe(
      'Who applies the Kubernetes objects of services: the Workloads stack, or Argo CD from rendered files; handover still is the stack, which then leaves them behind. Never both.',
    ),
  publicDoor: publicDoor
    .optional()
    .describe('Load balancer with TLS, WAF and access logs; absent: reached by port-forward only.'),
  proofCard: z
    .string()
    .regex(/^(tok|pm)_[A-Za-z0-9_]{1,100}$/, "a token of the payment provider's, such as tok_visa")
    .describe(
      "Card with which `verify` buys something and which gets its money back; where customers are served a payment method of the shop's own, pm_...",
    ),
  logLevel: z.enum(['debug', 'info', 'warn']).describe('Log level of the services.'),
  configuration: z
    .record(z.string(), z.record(z.string(), z.string()))
    .describe('Configuration per service that differs from the default of its manifest.'),
  alerts: z
    .strictObject({
      emails: z
        .array(z.email())
        .describe('Mail addresses that subscribe to both alert topics; each has to confirm once.'),
      endpoints: z
        .array(z.url({ protocol: /^https$/ }))
        .describe('HTTPS addresses of a pager or a chat that subscribe to the urgent topic and confirm by themselves.'),
      slack: slackShape,
      teams: teamsShape,
      monthlyBudgetUsd: count(1, 1_000_000).describe(
        'Monthly budget in USD; alerts at 80 % and 100 % of it, and when the forecast passes it.',
      ),
    })
    .describe('Who hears of trouble.'),
  backups: z
    .strictObject({
      keepDays: count(1, 3650).describe('Days that daily recovery points are kept.'),
      restoreTests: z.boolean().describe('Whether a restore is tried every week, and alarmed when it fails.'),
      copyToVault: z
        .string()
        .regex(/^arn:aws[a-z-]*:backup:[a-z0-9-]+:\d{12}:backup-vault:[\w.-]+$/, 'the ARN of a backup vault')
        .optional()
        .describe(
          'Vault in another region or account that gets a copy of every recovery point; absent: a lost region takes them along.',
        ),
    })
    .optional()
    .describe('AWS Backup of databases and tables; absent: only what each store keeps by itself.'),
  metrics: metricsShape,
  traces: tracesShape,
  streamJobs: z.boolean().describe('Whether stream jobs run, on Managed Service for Apache Flink (two units each).'),
  delivery: z
    .strictObject({
      repository: z
        .string()
        .regex(/^[\w.-]+\/[\w.-]+$/)
        .describe('GitHub repository whose workflows may deploy, as owner/name.'),
      createsProvider: z
        .boolean()
        .describe("Whether this environment makes the account's GitHub OIDC provider; one per account."),
    })
    .optional()
    .describe('Deployment from GitHub by short-lived credentials; absent: no role is made.'),
});

export type Environment = z.output<typeof environmentShape>;
