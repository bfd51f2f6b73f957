/** dev is cheap and can be destroyed, staging is production in small, production survives the loss of a zone. */
import { defineEnvironments } from './environment-checks.ts';

export const environments = defineEnvironments([
  {
    name: 'dev',
    region: 'us-east-1',
    protected: false,
    domain: 'dev.cloudmart.example',
    network: {
      cidr: '10.10.0.0/16',
      zones: ['us-east-1a', 'us-east-1b'],
      natGateways: 1,
      interfaceEndpoints: [],
      flowLogDays: 7,
    },
    cluster: {
      version: '1.35',
      compute: 'auto-mode',
      capacity: 'spot',
      nodes: { instanceType: 'm7i.large', categories: ['c', 'm', 'r', 't'], min: 1, max: 4 },
      publicEndpointCidrs: ['0.0.0.0/0'],
      logDays: 7,
      containerInsights: false,
    },
    database: { version: '17.9', minCapacity: 0, maxCapacity: 4, autoPauseMinutes: 30, readers: 0, backupDays: 1 },
    eventStream: {
      version: '3.9.x.kraft',
      brokerType: 'kafka.t3.small',
      brokersPerZone: 1,
      storageGiB: 10,
      replicationFactor: 2,
      minInSyncReplicas: 1,
    },
    cache: { version: '8.0', nodeType: 'cache.t4g.micro', replicas: 0 },
    registry: { keepImages: 20 },
    functions: { logDays: 7 },
    replicas: { min: 1, max: 2 },
    workloads: 'cdk',
    logLevel: 'debug',
    configuration: {
      notification: { MAIL_FROM: 'CloudMart <orders@dev.cloudmart.example>' },
    },
    alerts: { emails: [], monthlyBudgetUsd: 300 },
    delivery: { repository: 'cloudmart/cloudmart', createsProvider: true },
  },
  {
    name: 'staging',
    region: 'us-east-1',
    protected: false,
    domain: 'staging.cloudmart.example',
    network: {
      cidr: '10.20.0.0/16',
      zones: ['us-east-1a', 'us-east-1b', 'us-east-1c'],
      natGateways: 1,
      interfaceEndpoints: ['ecr.api', 'ecr.dkr', 'secretsmanager'],
      flowLogDays: 14,
    },
    cluster: {
      version: '1.35',
      compute: 'auto-mode',
      capacity: 'on-demand',
      nodes: { instanceType: 'm7i.large', categories: ['c', 'm', 'r'], min: 3, max: 6 },
      publicEndpointCidrs: ['0.0.0.0/0'],
      logDays: 14,
      containerInsights: false,
    },
    database: { version: '17.9', minCapacity: 0.5, maxCapacity: 4, readers: 1, backupDays: 7 },
    eventStream: {
      version: '3.9.x.kraft',
      brokerType: 'kafka.m7g.large',
      brokersPerZone: 1,
      storageGiB: 50,
      replicationFactor: 3,
      minInSyncReplicas: 2,
    },
    cache: { version: '8.0', nodeType: 'cache.t4g.small', replicas: 1 },
    registry: { keepImages: 50 },
    functions: { logDays: 14, pollers: { min: 1, max: 2 } },
    replicas: { min: 2, max: 4 },
    workloads: 'cdk',
    publicDoor: { host: 'shop.staging.cloudmart.example', requestsPerFiveMinutes: 5000, accessLogDays: 14 },
    logLevel: 'info',
    configuration: {
      notification: { MAIL_FROM: 'CloudMart <orders@staging.cloudmart.example>' },
    },
    alerts: { emails: [], monthlyBudgetUsd: 1500 },
    backups: { keepDays: 7, restoreTests: false },
    delivery: { repository: 'cloudmart/cloudmart', createsProvider: true },
  },
  {
    name: 'production',
    region: 'us-east-1',
    protected: true,
    domain: 'cloudmart.example',
    network: {
      cidr: '10.30.0.0/16',
      zones: ['us-east-1a', 'us-east-1b', 'us-east-1c'],
      natGateways: 3,
      interfaceEndpoints: ['ecr.api', 'ecr.dkr', 'eks', 'eks-auth', 'kms', 'logs', 'secretsmanager', 'sts'],
      flowLogDays: 90,
    },
    cluster: {
      version: '1.35',
      compute: 'auto-mode',
      capacity: 'on-demand',
      nodes: { instanceType: 'm7i.large', categories: ['c', 'm', 'r'], min: 3, max: 20 },
      publicEndpointCidrs: [],
      logDays: 90,
      containerInsights: true,
    },
    database: { version: '17.9', minCapacity: 2, maxCapacity: 32, readers: 1, backupDays: 35 },
    eventStream: {
      version: '3.9.x.kraft',
      brokerType: 'kafka.m7g.large',
      brokersPerZone: 1,
      storageGiB: 200,
      replicationFactor: 3,
      minInSyncReplicas: 2,
    },
    cache: { version: '8.0', nodeType: 'cache.m7g.large', replicas: 2 },
    registry: { keepImages: 200 },
    functions: { logDays: 90, pollers: { min: 1, max: 4 } },
    replicas: { min: 3, max: 50 },
    workloads: 'cdk',
    publicDoor: { host: 'shop.cloudmart.example', requestsPerFiveMinutes: 2000, accessLogDays: 365 },
    logLevel: 'info',
    configuration: {},
    alerts: { emails: [], monthlyBudgetUsd: 3000 },
    backups: { keepDays: 35, restoreTests: true },
    delivery: { repository: 'cloudmart/cloudmart', createsProvider: true },
  },
]);

/** Environment of a name; an unknown one is refused with the known ones. */
export const environmentNamed = (name: string) => {
  const found = environments.find((environment) => environment.name === name);
  if (!found)
    throw new Error(
      `there is no environment "${name}"; known: ${environments.map((environment) => environment.name).join(', ')}`,
    );
  return found;
};
