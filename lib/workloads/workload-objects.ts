/** Manifest to Kubernetes objects: pure, without AWS, the same for `cdk deploy` and for GitOps files. */
import { App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { runsInCluster, type ServiceManifest } from '../../services/kit/manifest.ts';
import { labelKeys, platformName } from '../names.ts';
import { addDeployment } from './deployment.ts';
import type { KubernetesObject } from './kubernetes-object.ts';
import { addNetworkPolicy } from './network-policy.ts';
import { withNewerFields } from './newer-fields.ts';
import { checkedObjects } from './object-rules.ts';
import { addScaling } from './scaling.ts';
import { addServicesAndIngress } from './services-and-ingress.ts';
import { describeWorkload } from './workload.ts';
import type { WorkloadValues } from './workload-values.ts';

const objectsOf = (id: string, fill: (chart: Chart) => void): KubernetesObject[] => {
  const chart = new Chart(new App(), id, { disableResourceNameHashes: true });
  fill(chart);
  return checkedObjects((chart.toJson() as KubernetesObject[]).map(withNewerFields));
};

/** The namespace of all services: restricted pod security, and nothing may talk until a service's own policy says so. */
export const namespaceObjects = (values: WorkloadValues): KubernetesObject[] =>
  objectsOf('namespace', (chart) => {
    const labels = { [labelKeys.platform]: platformName, environment: values.environment };
    new k8s.KubeNamespace(chart, 'namespace', {
      metadata: {
        name: values.namespace,
        labels: {
          ...labels,
          ...(values.ingress && { [values.ingress.readinessGateLabel]: 'enabled' }),
          'pod-security.kubernetes.io/enforce': 'restricted',
          'pod-security.kubernetes.io/audit': 'restricted',
          'pod-security.kubernetes.io/warn': 'restricted',
        },
      },
    });
    new k8s.KubeNetworkPolicy(chart, 'deny-by-default', {
      metadata: { name: 'deny-by-default', namespace: values.namespace, labels },
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    });
  });

/** Everything that runs one service in the cluster; empty for a Lambda. Throws one sentence that names what is missing. */
export const serviceObjects = (
  service: ServiceManifest,
  all: readonly ServiceManifest[],
  values: WorkloadValues,
): KubernetesObject[] =>
  runsInCluster(service)
    ? objectsOf(service.name, (chart) => {
        const workload = describeWorkload(service, all, values);
        addDeployment(chart, workload);
        addServicesAndIngress(chart, workload);
        addScaling(chart, workload);
        addNetworkPolicy(chart, workload);
      })
    : [];
