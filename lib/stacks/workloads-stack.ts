import type { ICluster } from 'aws-cdk-lib/aws-eks-v2';
import type { Construct } from 'constructs';
import { runsInCluster, type ServiceManifest } from '../../services/kit/manifest.ts';
import { type ServiceResources, servicePermissions } from '../constructs/access/service-permissions.ts';
import { AppliedObjects } from '../constructs/cluster/applied-objects.ts';
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
 */
export class WorkloadsStack extends PlatformStack {
  constructor(
    scope: Construct,
    id: string,
    { environment, services, cluster, values, resources, accessLogs }: WorkloadsStackProps,
  ) {
    super(scope, id, { environment, description: 'The services in the cluster, each with its own role' });
    // Taken out of the template, an object of a handover stays in the cluster, where Argo CD takes it up.
    const retained = environment.protected || environment.workloads === 'handover';
    const isOwner = environment.workloads !== 'gitops';
    const namespace =
      isOwner && new AppliedObjects(this, 'Namespace', { cluster, objects: namespaceObjects(values), retained });
    const ingressClass =
      accessLogs &&
      new AppliedObjects(this, 'IngressClass', {
        cluster,
        objects: ingressClassObjects(environment, accessLogs),
        retained: environment.protected,
      });
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
      const manifest = new AppliedObjects(this, service.name, {
        cluster,
        objects: objects.filter((object) => !isConfiguration(object)),
        retained,
      });
      manifest.node.addDependency(namespace, identity);
      if (service.public && ingressClass) manifest.node.addDependency(ingressClass);
      const configuration = objects.filter(isConfiguration);
      if (configuration.length === 0) continue;
      // Never pruned: pods of the release before, and a rollback to it, read the configuration of then.
      const kept = new AppliedObjects(this, `${service.name}-configuration`, {
        cluster,
        objects: configuration,
        retained,
        prune: false,
      });
      kept.node.addDependency(namespace);
      manifest.node.addDependency(kept);
    }
  }
}
