import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { selectorLabels, serviceLabels } from './labels.ts';
import type { ReplicaBounds, WorkloadValues } from './workload-values.ts';

const boundsOf = (service: ServiceManifest, values: WorkloadValues): ReplicaBounds => {
  const bounds = values.replicas[service.name];
  if (!bounds) throw new Error(`workload values name no replicas for "${service.name}"; give min and max`);
  if (bounds.min < 1 || bounds.max < bounds.min)
    throw new Error(
      `replicas of "${service.name}" in ${values.environment} are ${bounds.min} to ${bounds.max}; min must be at least 1 and max at least min`,
    );
  return bounds;
};

/** Adds the autoscaler, quick to grow and slow to shrink, and the budget that lets nodes drain one pod at a time. */
export const addScaling = (scope: Construct, service: ServiceManifest, values: WorkloadValues): void => {
  const metadata = { name: service.name, namespace: values.namespace, labels: serviceLabels(service, values) };
  const { min, max } = boundsOf(service, values);
  new k8s.KubeHorizontalPodAutoscalerV2(scope, 'autoscaler', {
    metadata,
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: service.name },
      minReplicas: min,
      maxReplicas: max,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: service.scaling.cpuPercent } },
        },
      ],
      behavior: {
        scaleUp: {
          stabilizationWindowSeconds: 0,
          selectPolicy: 'Max',
          policies: [
            { type: 'Percent', value: 100, periodSeconds: 30 },
            { type: 'Pods', value: 2, periodSeconds: 30 },
          ],
        },
        scaleDown: {
          stabilizationWindowSeconds: 300,
          policies: [{ type: 'Percent', value: 25, periodSeconds: 60 }],
        },
      },
    },
  });
  new k8s.KubePodDisruptionBudget(scope, 'disruption-budget', {
    metadata,
    spec: {
      selector: { matchLabels: selectorLabels(service.name) },
      maxUnavailable: k8s.IntOrString.fromNumber(1),
      // A pod that is broken anyway must not keep a node from draining.
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    },
  });
};
