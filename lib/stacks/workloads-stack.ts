import { RemovalPolicy } from 'aws-cdk-lib';
import { type ICluster, KubernetesManifest } from 'aws-cdk-lib/aws-eks-v2';
import type { Construct } from 'constructs';
import { runsInCluster, type ServiceManifest } from '../../services/kit/manifest.ts';
import { type ServiceResources, servicePermissions } from '../constructs/access/service-permissions.ts';
import { ingressClassObjects } from '../constructs/cluster/cluster-settings.ts';
import { WorkloadIdentity } from '../constructs/cluster/workload-identity.ts';
import type { Environment } from '../environment/environment.ts';
import { partName } from '../names.ts';
import { namespaceObjects, serviceObjects } from '../workloads/workload-objects.ts';
import type { WorkloadValues } from '../workloads/workload-values.ts';
import { PlatformStack } from './platform-stack.ts';

export type WorkloadsStackProps = {
  readonly environment: Environment;
  readonly services: readonly ServiceManifest[];
  readonly cluster: ICluster;
  readonly values: WorkloadValues;
  readonly resources: ServiceResources;
  /** Bucket of the load balancer's access logs; absent: no public door. */
  readonly accessLogs?: string;
};

/**
 * The services in the cluster, each with its own role. Where Argo CD owns the objects, the stack applies only what rendered files cannot
 * hold: roles, and the cluster's class of load balancers.
 *
 * Ids of manifests are frozen: under another id CloudFormation would delete the objects that it has just
 * applied.
 */
export class WorkloadsStack extends PlatformStack {
  constructor(
    scope: Construct,
    id: string,
    { environment, services, cluster, values, resources, accessLogs }: WorkloadsStackProps,
  ) {
    super(scope, id, { environment, description: 'The services in the cluster, each with its own role' });
    const apply = (
      manifestId: string,
      manifest: object[],
      removalPolicy = RemovalPolicy.DESTROY,
      options: { prune?: boolean } = {},
    ) =>
      new KubernetesManifest(this, manifestId, {
        cluster,
        manifest: manifest as Record<string, unknown>[],
        overwrite: true,
        removalPolicy,
        ...options,
      });
    // Taken out of the template, an object of a handover stays in the cluster, where Argo CD takes it up.
    const leaving = environment.workloads === 'handover' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    const isOwner = environment.workloads !== 'gitops';
    const namespace = isOwner && apply('Namespace', namespaceObjects(values), leaving);
    const ingressClass = accessLogs && apply('IngressClass', ingressClassObjects(environment, accessLogs));
    for (const service of services.filter(runsInCluster)) {
      const identity = new WorkloadIdentity(this, `${service.name}-identity`, {
        cluster,
        roleName: partName(environment.name, service.name),
        namespace: values.namespace,
        serviceAccount: service.name,
        statements: servicePermissions(this, service, resources),
      });
      if (!namespace) continue;
      const objects = serviceObjects(service, services, values);
      const isConfiguration = ({ kind }: { kind: string }) => kind === 'ConfigMap';
      const manifest = apply(
        service.name,
        objects.filter((object) => !isConfiguration(object)),
        leaving,
      );
      manifest.node.addDependency(namespace, identity);
      if (service.public && ingressClass) manifest.node.addDependency(ingressClass);
      const configuration = objects.filter(isConfiguration);
      if (configuration.length === 0) continue;
      // Never pruned: pods of the release before, and a rollback to it, read the configuration of then.
      const kept = apply(`${service.name}-configuration`, configuration, leaving, { prune: false });
      kept.node.addDependency(namespace);
      manifest.node.addDependency(kept);
    }
  }
}
