/** What a checkout asks a cluster to run, for a comparison with what runs there. */
import { runsInCluster, type ServiceManifest } from '../../../services/kit/manifest.ts';
import { annotationKeys } from '../../names.ts';
import type { KubernetesObject } from '../../workloads/kubernetes-object.ts';
import { serviceObjects } from '../../workloads/workload-objects.ts';
import type { WorkloadValues } from '../../workloads/workload-values.ts';

export type AskedWorkload = {
  readonly service: string;
  /** Image reference; its repository is a placeholder until the outputs of the deployment are known. */
  readonly image: string;
  /** Checksum that the pods are annotated with. */
  readonly configuration: string;
  /** ConfigMap of the static configuration; absent: the service has none. */
  readonly configMap?: { readonly name: string; readonly data: Readonly<Record<string, string>> };
};

type DeploymentSpec = {
  template: {
    metadata: { annotations: Record<string, string> };
    spec: { containers: { image: string }[] };
  };
};

/** One for each service that runs in the cluster, read from the same objects that are applied. */
export const askedWorkloads = (services: readonly ServiceManifest[], values: WorkloadValues): AskedWorkload[] =>
  services.filter(runsInCluster).map((service) => {
    const objects = serviceObjects(service, services, values);
    const ofKind = (kind: string): KubernetesObject | undefined => objects.find((object) => object.kind === kind);
    const deployment = ofKind('Deployment');
    if (!deployment) throw new Error(`the objects of ${service.name} hold no Deployment`);
    const { template } = deployment['spec'] as DeploymentSpec;
    const map = ofKind('ConfigMap');
    return {
      service: service.name,
      image: template.spec.containers[0]?.image ?? '',
      configuration: template.metadata.annotations[annotationKeys.configuration] ?? '',
      ...(map && { configMap: { name: map.metadata.name, data: map['data'] as Record<string, string> } }),
    };
  });
