/** The whole platform of one environment on one page: every stack in the order of deployment, and who gives what to whom. */
import { Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ServiceManifest } from '../services/kit/manifest.ts';
import type { FunctionCode } from './constructs/event-function.ts';
import type { ServiceResources } from './constructs/service-permissions.ts';
import type { Environment } from './environment.ts';
import { checkAgainstServices } from './environment-checks.ts';
import { functionEnvironment } from './function-environment.ts';
import { BucketStack } from './stacks/bucket-stack.ts';
import { CacheStack } from './stacks/cache-stack.ts';
import { ClusterStack } from './stacks/cluster-stack.ts';
import { DatabaseStack } from './stacks/database-stack.ts';
import { DomainStack } from './stacks/domain-stack.ts';
import { EventStreamStack } from './stacks/event-stream-stack.ts';
import { FoundationStack } from './stacks/foundation-stack.ts';
import { FunctionStack } from './stacks/function-stack.ts';
import { NetworkStack } from './stacks/network-stack.ts';
import { RegistryStack } from './stacks/registry-stack.ts';
import { SecretStack } from './stacks/secret-stack.ts';
import { TableStack } from './stacks/table-stack.ts';
import { WorkloadsStack } from './stacks/workloads-stack.ts';
import { environmentValues, type OutputOf } from './workloads/environment-values.ts';

export type PlatformProps = {
  readonly environment: Environment;
  readonly services: readonly ServiceManifest[];
  /** What ships of a service, named by its content: the image tag in the cluster, the code of a Lambda. */
  readonly codeOf: (service: ServiceManifest) => FunctionCode;
};

export class Platform extends Stage {
  constructor(scope: Construct, { environment, services, codeOf }: PlatformProps) {
    super(scope, environment.name, { stageName: environment.name });
    checkAgainstServices(environment, services);

    const { keys, alerts } = new FoundationStack(this, 'Foundation', { environment });
    const { network } = new NetworkStack(this, 'Network', { environment });
    const domain = new DomainStack(this, 'Domain', { environment, alerts });
    const { cluster } = new ClusterStack(this, 'Cluster', { environment, network, key: keys.cluster, alerts });

    const registry = new RegistryStack(this, 'Registry', { environment, services, key: keys.data });
    const secret = new SecretStack(this, 'Secret', { environment, services, key: keys.data });
    const database = new DatabaseStack(this, 'Database', {
      environment,
      services,
      network,
      cluster,
      key: keys.data,
      alerts,
    });
    const events = new EventStreamStack(this, 'EventStream', {
      environment,
      services,
      network,
      cluster,
      key: keys.data,
      alerts,
    });
    const cache = new CacheStack(this, 'Cache', { environment, network, cluster, key: keys.data, alerts });
    const table = new TableStack(this, 'Table', { environment, services, key: keys.data, alerts });
    const bucket = new BucketStack(this, 'Bucket', { environment, services, key: keys.data });

    const resources: ServiceResources = {
      databaseResourceId: database.database.cluster.clusterResourceIdentifier,
      eventClusterArn: events.stream.clusterArn,
      topicArn: (topic) => events.stream.topicArn(topic),
      groupArn: (group) => events.stream.groupArn(group),
      cacheConnectArns: cache.cache.connectArns,
      tableArn: (name) => table.named(name).tableArn,
      bucketArn: (name) => bucket.named(name).bucketArn,
      secretArns: (service) => [...secret.secrets.of(service).values()].map(({ secretArn }) => secretArn),
      mailArns: domain.mailArns,
      dataKey: keys.data,
    };
    const published = new Map(
      [domain, registry, secret, database, events, cache, table, bucket].flatMap(({ outputs }) => [...outputs]),
    );
    const outputOf: OutputOf = (name) => {
      const value = published.get(name);
      if (value === undefined)
        throw new Error(`no stack publishes "${name}"; known: ${[...published.keys()].sort().join(', ')}`);
      return value;
    };

    new FunctionStack(this, 'Function', {
      environment,
      services,
      resources,
      codeOf,
      variablesOf: (service) => functionEnvironment(service, services, environment, outputOf),
      key: keys.alerts,
      alerts,
    });
    const tags = Object.fromEntries(services.map((service) => [service.name, codeOf(service).hash]));
    new WorkloadsStack(this, 'Workloads', {
      environment,
      services,
      cluster,
      values: environmentValues(environment, services, tags, outputOf),
      resources,
      ...(domain.door ? { door: { zone: domain.zone, accessLogs: domain.door.accessLogs.bucket.bucketName } } : {}),
    });
  }
}
