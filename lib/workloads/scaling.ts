import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { Workload } from './workload.ts';

/** Adds the autoscaler, quick to grow and slow to shrink, and the budget that lets nodes drain one pod at a time. */
export const addScaling = (scope: Construct, { service, metadata, selector, replicas }: Workload): void => {
  new k8s.KubeHorizontalPodAutoscalerV2(scope, 'autoscaler', {
    metadata,
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: service.name },
      minReplicas: replicas.min,
      maxReplicas: replicas.max,
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
      selector: { matchLabels: selector },
      maxUnavailable: k8s.IntOrString.fromNumber(1),
      // A pod that is broken anyway must not keep a node from draining.
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    },
  });
};
