/** What each type of resource costs while it exists, and what is billed by use alone. */
import type { Environment } from '../environment/environment.ts';
import { at, listOf } from '../templates/template.ts';
import type { PriceName } from './prices.ts';

export type CostLine = {
  /** What is paid for, for people. */
  readonly what: string;
  readonly price: PriceName;
  /** Units of the price. */
  readonly quantity: number;
};

type Properties = Readonly<Record<string, unknown>>;
type Rule = (properties: Properties, environment: Environment) => readonly CostLine[];

const once =
  (what: string, price: PriceName): Rule =>
  () => [{ what, price, quantity: 1 }];

const brokers: ReadonlyMap<string, PriceName> = new Map(
  Object.entries<PriceName>({
    'kafka.t3.small': 'kafkaT3Small',
    'kafka.m7g.large': 'kafkaM7gLarge',
    'kafka.m7g.xlarge': 'kafkaM7gXlarge',
  }),
);
const caches: ReadonlyMap<string, PriceName> = new Map(
  Object.entries<PriceName>({
    'cache.t4g.micro': 'valkeyT4gMicro',
    'cache.t4g.small': 'valkeyT4gSmall',
    'cache.m7g.large': 'valkeyM7gLarge',
  }),
);

const priceOf = (table: ReadonlyMap<string, PriceName>, size: unknown): PriceName => {
  const price = table.get(String(size));
  if (!price) throw new Error(`lib/cost/prices.ts has no price for ${String(size)}; add it with its source`);
  return price;
};

/** Smallest capacity at which a cluster that is polled can stay, in ACU. */
const AWAKE = 0.5;
/**
 * GB of a service's images. Those of one base share its layers, some 60 MB compressed for each platform; the bundle of each is some 5 MB more.
 */
const IMAGES_GB = 2;
/** GB of table and index data. */
const DATABASE_GB = 20;

/** Rules by type. A resource may cost several things. */
export const resourceLines: ReadonlyMap<string, Rule> = new Map(
  Object.entries<Rule>({
    'AWS::EKS::Cluster': once('control plane', 'eksControlPlane'),
    'AWS::EC2::Instance': once('host for sessions', 'hostNano'),
    'AWS::EC2::NatGateway': once('NAT gateway', 'natGateway'),
    'AWS::EC2::EIP': once('public address', 'publicAddress'),
    'AWS::EC2::VPCEndpoint': (endpoint) =>
      endpoint['VpcEndpointType'] === 'Interface'
        ? [
            {
              what: 'interface endpoint',
              price: 'interfaceEndpointPerZone',
              quantity: listOf(endpoint['SubnetIds']).length,
            },
          ]
        : [],
    'AWS::RDS::DBCluster': () => [
      { what: `${DATABASE_GB} GB of storage`, price: 'auroraStorage', quantity: DATABASE_GB },
    ],
    'AWS::RDS::DBInstance': (_instance, { database }) => [
      {
        what: `${Math.max(database.minCapacity, AWAKE)} capacity units`,
        price: 'auroraCapacityUnit',
        quantity: Math.max(database.minCapacity, AWAKE),
      },
    ],
    'AWS::MSK::Cluster': (cluster) => {
      const count = Number(cluster['NumberOfBrokerNodes']);
      return [
        {
          what: `${count} brokers`,
          price: priceOf(brokers, at(cluster, 'BrokerNodeGroupInfo', 'InstanceType')),
          quantity: count,
        },
        {
          what: 'disks of the brokers',
          price: 'kafkaStorage',
          quantity: count * Number(at(cluster, 'BrokerNodeGroupInfo', 'StorageInfo', 'EBSStorageInfo', 'VolumeSize')),
        },
      ];
    },
    'AWS::ElastiCache::ReplicationGroup': (group) => {
      const nodes = 1 + Number(group['ReplicasPerNodeGroup'] ?? 0);
      return [{ what: `${nodes} cache nodes`, price: priceOf(caches, group['CacheNodeType']), quantity: nodes }];
    },
    'AWS::Lambda::EventSourceMapping': (mapping) => {
      const least = Number(at(mapping, 'ProvisionedPollerConfig', 'MinimumPollers') ?? 0);
      // One unit drives four pollers, and the mappings of a group share units: those of dead letters ride along.
      if (listOf(mapping['Topics']).every((topic) => String(topic).endsWith('.dead'))) return [];
      return least > 0 ? [{ what: 'event poller unit', price: 'eventPollerUnit', quantity: Math.ceil(least / 4) }] : [];
    },
    'AWS::KinesisAnalyticsV2::Application': (application) => [
      {
        what: 'Flink units, one of them for coordination',
        price: 'flinkUnit',
        quantity:
          1 +
          Number(
            at(
              application,
              'ApplicationConfiguration',
              'FlinkApplicationConfiguration',
              'ParallelismConfiguration',
              'Parallelism',
            ),
          ),
      },
    ],
    'AWS::APS::Scraper': once('collector of metrics', 'metricsCollector'),
    'AWS::KMS::Key': once('key', 'key'),
    'AWS::SecretsManager::Secret': once('secret', 'secret'),
    'AWS::CloudWatch::Alarm': (alarm) => [
      {
        what: 'alarm',
        price: 'alarm',
        quantity: Math.max(1, listOf(alarm['Metrics']).filter((metric) => at(metric, 'MetricStat')).length),
      },
    ],
    'AWS::CloudWatch::Dashboard': once('dashboard', 'dashboard'),
    'AWS::Route53::HostedZone': once('DNS zone', 'hostedZone'),
    'AWS::WAFv2::WebACL': (acl) => [
      { what: 'web firewall', price: 'firewall', quantity: 1 },
      { what: 'rules of the web firewall', price: 'firewallRule', quantity: listOf(acl['Rules']).length },
    ],
    'AWS::ECR::Repository': () => [{ what: `${IMAGES_GB} GB of images`, price: 'imageStorage', quantity: IMAGES_GB }],
    'AWS::EC2::FlowLog': (_log, { name }) => [
      { what: 'logs of the environment', price: 'logs', quantity: name === 'production' ? 50 : 5 },
    ],
  }),
);

/** Types that are billed by use: named in the estimate and not in its sum. */
export const byUse: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    'AWS::Lambda::Function': 'invocations and run time of functions',
    'AWS::DynamoDB::GlobalTable': 'requests and storage of tables',
    'AWS::S3::Bucket': 'requests and storage of buckets',
    'AWS::SQS::Queue': 'messages of queues',
    'AWS::SNS::Topic': 'notifications',
    'AWS::EC2::NatGateway': 'traffic: through NAT, between zones, to the internet',
    'AWS::RDS::DBCluster': 'I/O, backups beyond the size of the database, and capacity above the smallest',
    'AWS::SES::EmailIdentity': 'mails sent',
    'AWS::Backup::BackupPlan': 'storage of recovery points and restore tests',
    'AWS::CloudFront::Distribution': 'requests and traffic of CloudFront',
    'AWS::APS::Scraper': 'metrics read and kept: each metric of each pod, once per reading',
    'AWS::EKS::Addon': 'metrics and logs of pods',
    'AWS::Route53::HealthCheck': 'checks of the shop from outside',
    'AWS::WAFv2::WebACL': 'requests through the web firewall',
  }),
);

/** Types that cost nothing by themselves. */
export const free =
  /^(Custom::|AWS::(APS::|IAM::|EC2::|CloudFormation::|Lambda::|Logs::|KMS::Alias|SNS::|SQS::|RDS::DB(SubnetGroup|ClusterParameterGroup|ParameterGroup)|MSK::(Configuration|Topic)|ElastiCache::|EKS::|S3::BucketPolicy|SES::|Route53::RecordSet|CertificateManager::|WAFv2::|Budgets::|Backup::|Chatbot::|Events::|CloudFront::|KinesisAnalyticsV2::|SecretsManager::|SSM::Parameter$))/;
