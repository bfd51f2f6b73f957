import { preStopSeconds } from './deployment.ts';
import type { KubernetesObject } from './kubernetes-object.ts';

type PodSpec = { containers: { lifecycle?: unknown }[] };

/**
 * Fields that Kubernetes has and the 1.28 schema of cdk8s-plus-28 does not: it deletes them when it serialises, even from a
 * JSON patch, so they are set on the plain objects. `lifecycle.preStop.sleep` (1.30) needs no `sleep` in a distroless image.
 */
export const withNewerFields = (object: KubernetesObject): KubernetesObject => {
  if (object.kind !== 'Deployment') return object;
  const patched = structuredClone(object);
  const { template } = patched['spec'] as { template: { spec: PodSpec } };
  for (const container of template.spec.containers)
    container.lifecycle = { preStop: { sleep: { seconds: preStopSeconds } } };
  return patched;
};
