import { Duration } from 'aws-cdk-lib';
import { type ICluster, KubernetesManifest, KubernetesObjectValue } from 'aws-cdk-lib/aws-eks-v2';
import { CfnRecordSet, type IHostedZone } from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { ingressClassObjects } from '../constructs/cluster-settings.ts';
import { type ServiceResources, servicePermissions } from '../constructs/service-permissions.ts';
import { WorkloadIdentity } from '../constructs/workload-identity.ts';
import type { Environment } from '../environment.ts';
import { namespaceObjects, serviceObjects } from '../workloads/workload-objects.ts';
import { runsInCluster, type WorkloadValues } from '../workloads/workload-values.ts';
import { PlatformStack } from './platform-stack.ts';

export type WorkloadsStackProps = {
  readonly environment: Environment;
  readonly services: readonly ServiceManifest[];
  readonly cluster: ICluster;
  readonly values: WorkloadValues;
  readonly resources: ServiceResources;
  /** Zone of the public name, and the bucket of the load balancer's access logs; absent: no public door. */
  readonly door?: { readonly zone: IHostedZone; readonly accessLogs: string };
};

/** The services in the cluster. Ids of manifests are frozen: under another id CloudFormation would delete the objects that it has just applied. */
export class WorkloadsStack extends PlatformStack {
  constructor(
    scope: Construct,
    id: string,
    { environment, services, cluster, values, resources, door }: WorkloadsStackProps,
  ) {
    super(scope, id, { environment, description: 'The services in the cluster, each with its own role' });
    const apply = (manifestId: string, manifest: object[]) =>
      new KubernetesManifest(this, manifestId, {
        cluster,
        manifest: manifest as Record<string, unknown>[],
        overwrite: true,
      });
    const namespace = apply('Namespace', namespaceObjects(values));
    const ingressClass = door ? apply('IngressClass', ingressClassObjects(environment, door.accessLogs)) : undefined;
    for (const service of services.filter(runsInCluster)) {
      const identity = new WorkloadIdentity(this, `${service.name}-identity`, {
        cluster,
        roleName: `${this.prefix}-${service.name}`,
        namespace: values.namespace,
        serviceAccount: service.name,
        statements: servicePermissions(this, service, resources),
      });
      const manifest = apply(service.name, serviceObjects(service, services, values));
      manifest.node.addDependency(namespace, identity);
      if (!service.public || !ingressClass || !door || !environment.publicDoor) continue;
      manifest.node.addDependency(ingressClass);
      this.nameTheDoor(service, cluster, values.namespace, manifest, door.zone, environment.publicDoor.host);
    }
  }

  /** Waits until the load balancer has an address, which also proves that the Ingress was taken, and gives it the public name. */
  private nameTheDoor(
    service: ServiceManifest,
    cluster: ICluster,
    namespace: string,
    manifest: KubernetesManifest,
    zone: IHostedZone,
    host: string,
  ) {
    const address = new KubernetesObjectValue(this, `${service.name}-address`, {
      cluster,
      objectType: 'ingress',
      objectName: service.name,
      objectNamespace: namespace,
      jsonPath: '.status.loadBalancer.ingress[0].hostname',
      timeout: Duration.minutes(10),
    });
    address.node.addDependency(manifest);
    new CfnRecordSet(this, `${service.name}-name`, {
      hostedZoneId: zone.hostedZoneId,
      name: host,
      type: 'CNAME',
      ttl: '60',
      resourceRecords: [address.value],
    });
  }
}
