/** The whole platform of one environment on one page: every stack in the order of deployment, and who gives what to whom. */
import { Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { byRuntime, type ServiceManifest } from '../services/kit/manifest.ts';
import type { ServiceResources } from './constructs/access/service-permissions.ts';
import { cdnProof } from './constructs/edge/cdn-proof.ts';
import type { FunctionCode } from './constructs/events/event-function.ts';
import type { Environment } from './environment/environment.ts';
import { checkAgainstServices } from './environment/environment-checks.ts';
import { toldIn } from './environment/environment-configuration.ts';
import { workloadNamespace } from './names.ts';
import { groupsOn, sentMailsOf } from './services.ts';
import { BackupStack } from './stacks/backup-stack.ts';
import { BucketStack } from './stacks/bucket-stack.ts';
import { CacheStack } from './stacks/cache-stack.ts';
import { ClusterStack } from './stacks/cluster-stack.ts';
import { DatabaseStack } from './stacks/database-stack.ts';
import { DeliveryStack } from './stacks/delivery-stack.ts';
import { DomainStack } from './stacks/domain-stack.ts';
import { EventStreamStack } from './stacks/event-stream-stack.ts';
import { FoundationStack } from './stacks/foundation-stack.ts';
import { FunctionStack } from './stacks/function-stack.ts';
import { MetricsStack } from './stacks/metrics-stack.ts';
import { MonitoringStack } from './stacks/monitoring-stack.ts';
import { NetworkStack } from './stacks/network-stack.ts';
import { PublicNameStack } from './stacks/public-name-stack.ts';
import { RegistryStack } from './stacks/registry-stack.ts';
import { SecretStack } from './stacks/secret-stack.ts';
import { SiteStack } from './stacks/site-stack.ts';
import { StreamJobStack } from './stacks/stream-job-stack.ts';
import { TableStack } from './stacks/table-stack.ts';
import { WorkloadsStack } from './stacks/workloads-stack.ts';
import { functionVariables } from './variables/function-variables.ts';
import { environmentValues, type OutputOf } from './workloads/environment-values.ts';
import { probePort } from './workloads/ports.ts';

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
    const { pods: inCluster, function: functions, flink: jobs, site: sites, ...homeless } = byRuntime(services);
    // Another way to run needs a stack below before this compiles.
    homeless satisfies Record<string, never>;

    const foundation = new FoundationStack(this, 'Foundation', { environment });
    const { keys, alerts } = foundation;
    const { network } = new NetworkStack(this, 'Network', { environment });
    const secret = new SecretStack(this, 'Secret', { environment, services, key: keys.data });
    const proof = cdnProof(environment, services);
    const domain = new DomainStack(this, 'Domain', { environment, services, proof, alerts });
    // It refers to the secret by name.
    domain.addStackDependency(secret);
    const { backups, delivery, metrics } = environment;
    const sentMails = sentMailsOf(services);
    const readTables = sentMails ? [sentMails.table] : [];
    const deployRole =
      delivery && new DeliveryStack(this, 'Delivery', { environment, delivery, readTables }).deployRole;
    const clusterStack = new ClusterStack(this, 'Cluster', {
      environment,
      network,
      key: keys.cluster,
      alerts,
      deployer: deployRole && { role: deployRole, namespace: workloadNamespace },
    });
    const { cluster } = clusterStack;
    // The other security group of the cluster is the API server's, which has no business with stores.
    const pods = cluster.clusterSecurityGroup;

    const registry = new RegistryStack(this, 'Registry', { environment, services, key: keys.data });
    const database = new DatabaseStack(this, 'Database', {
      environment,
      services,
      network,
      pods,
      key: keys.data,
      alerts,
    });
    const events = new EventStreamStack(this, 'EventStream', {
      environment,
      services,
      network,
      pods,
      key: keys.data,
      alerts,
    });
    const cache = new CacheStack(this, 'Cache', { environment, services, network, pods, key: keys.data, alerts });
    const table = new TableStack(this, 'Table', { environment, services, key: keys.data, alerts });
    const bucket = new BucketStack(this, 'Bucket', { environment, services, key: keys.data });

    const resources: ServiceResources = {
      databaseResourceId: database.database.cluster.clusterResourceIdentifier,
      eventClusterArn: events.stream.clusterArn,
      topicArn: (topic) => events.stream.topicArn(topic),
      groupArn: (group) => events.stream.groupArn(group),
      groupsOn: (topic) => groupsOn(topic, services),
      cacheConnectArns: (service) => cache.cache.connectArns(service),
      tableArn: (name) => table.named(name).tableArn,
      bucketArn: (name) => bucket.named(name).bucketArn,
      secretArns: (service) => [...secret.secrets.of(service).values()].map(({ secretArn }) => secretArn),
      mailArns: domain.mailArns,
      told: {
        chatArn: foundation.chat.topicArn,
        sentMailsArn: foundation.sentMails.topicArn,
        key: keys.alerts,
      },
      dataKey: keys.data,
    };
    const published = new Map(
      [foundation, domain, registry, secret, database, events, cache, table, bucket].flatMap(({ outputs }) => [
        ...outputs,
      ]),
    );
    const outputOf: OutputOf = (name) => {
      const value = published.get(name);
      if (value === undefined)
        throw new Error(`no stack publishes "${name}"; known: ${[...published.keys()].sort().join(', ')}`);
      return value;
    };

    const variablesOf = (service: ServiceManifest) => functionVariables(service, services, environment, outputOf);
    new FunctionStack(this, 'Function', {
      environment,
      services: functions,
      resources,
      codeOf,
      variablesOf,
      tableOf: (name) => table.named(name),
      key: keys.alerts,
      alerts,
    });
    if (jobs.length > 0 && environment.streamJobs)
      new StreamJobStack(this, 'StreamJob', {
        environment,
        jobs,
        network,
        stream: events.stream,
        resources,
        codeOf,
        variablesOf,
        alerts,
      });
    if (sites.length > 0 && environment.publicDoor)
      new SiteStack(this, 'Site', {
        environment,
        sites,
        zone: domain.zone,
        publicDoor: environment.publicDoor,
        proof,
        uploadOriginOf: (name) => `https://${bucket.named(name).bucketRegionalDomainName}`,
        codeOf,
        toldTo: (site) => toldIn(site, services, environment),
        alerts,
      });

    const tags = Object.fromEntries(inCluster.map((service) => [service.name, codeOf(service).hash]));
    const workloads = new WorkloadsStack(this, 'Workloads', {
      environment,
      services,
      cluster,
      values: environmentValues(environment, services, tags, outputOf),
      resources,
      accessLogs: domain.door?.accessLogs.bucket.bucketName,
    });
    // Addresses of images are spelled out, so nothing else makes the repositories come first.
    workloads.addStackDependency(registry);
    if (environment.publicDoor)
      new PublicNameStack(this, 'PublicName', {
        environment,
        services,
        cluster,
        namespace: workloadNamespace,
        zone: domain.zone,
        host: environment.publicDoor.host,
        alerts,
      }).addStackDependency(workloads);
    const monitoring = new MonitoringStack(this, 'Monitoring', {
      environment,
      services,
      namespace: workloadNamespace,
      alerts,
    });
    // It filters the log of the containers, a group that the cluster's stack makes and nothing here refers to.
    monitoring.addStackDependency(clusterStack);
    if (metrics)
      new MetricsStack(this, 'Metrics', {
        environment,
        metrics,
        network,
        cluster,
        key: keys.data,
        target: { namespace: workloadNamespace, port: probePort },
        services,
        alerts,
      });
    if (backups)
      new BackupStack(this, 'Backup', {
        environment,
        backups,
        key: keys.data,
        alerts,
        restoreInto: database.database.placement,
        stores: [
          { type: 'Aurora', arn: database.database.cluster.clusterArn },
          ...table.all.map(({ tableArn }) => ({ type: 'DynamoDB' as const, arn: tableArn })),
        ],
      });
  }
}
