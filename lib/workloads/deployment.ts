import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { drainSeconds, type ServiceManifest } from '../../services/kit/manifest.ts';
import { annotationKeys } from '../names.ts';
import { probePort } from './ports.ts';
import type { Workload } from './workload.ts';

/** Seconds between a pod's removal from the endpoints and SIGTERM, so that load balancers have heard of it. */
export const preStopSeconds = 10;
/** Seconds from SIGTERM until a process is killed; what is more than the drain is room for it to end. */
export const stopGraceSeconds = drainSeconds + 5;
/** Seconds until the kubelet kills. */
export const terminationGraceSeconds = preStopSeconds + stopGraceSeconds;

/** The user of the image, numeric because the kubelet cannot tell whether a named one is root. */
export const unprivilegedId = 10001;

const probe = (path: string, periodSeconds: number, failureThreshold: number): k8s.Probe => ({
  httpGet: { path, port: k8s.IntOrString.fromString('probe') },
  periodSeconds,
  timeoutSeconds: 3,
  failureThreshold,
});

const spreadOver = (topologyKey: string, selector: Workload['selector']): k8s.TopologySpreadConstraint => ({
  topologyKey,
  maxSkew: 1,
  // A pod in a crowded zone serves more than a pending one.
  whenUnsatisfiable: 'ScheduleAnyway',
  labelSelector: { matchLabels: selector },
  matchLabelKeys: ['pod-template-hash'],
});

const resourcesOf = ({ size }: ServiceManifest): k8s.ResourceRequirements => {
  const quantity = k8s.Quantity.fromString;
  const memory = quantity(`${size.memoryMiB}Mi`);
  return {
    requests: { cpu: quantity(`${size.cpuMillis}m`), memory, 'ephemeral-storage': quantity('64Mi') },
    // Node's main thread needs at most one core: this limit stops a runaway without throttling requests.
    limits: {
      cpu: quantity(`${Math.max(1000, 4 * size.cpuMillis)}m`),
      memory,
      'ephemeral-storage': quantity('128Mi'),
    },
  };
};

const containerOf = ({ service, image, doors, variables, configMap }: Workload): k8s.Container => ({
  name: service.name,
  image,
  imagePullPolicy: 'IfNotPresent',
  ports: [
    ...doors.map(({ name, port }) => ({ name, containerPort: port })),
    { name: 'probe', containerPort: probePort },
  ],
  env: [
    ...Object.entries(variables).map(([name, value]) => ({ name, value })),
    // Set by "cloudmart restart --rotated"; absent, the value is empty and the service reads the versions that are current at its start.
    {
      name: 'SECRET_VERSIONS',
      valueFrom: { fieldRef: { fieldPath: `metadata.annotations['${annotationKeys.secretVersions}']` } },
    },
  ],
  envFrom: configMap && [{ configMapRef: { name: configMap.name } }],
  resources: resourcesOf(service),
  // Two minutes: a start waits for migrations that another replica runs.
  startupProbe: probe('/health/startup', 2, 60),
  readinessProbe: probe('/health/ready', 5, 2),
  livenessProbe: probe('/health/live', 10, 3),
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
  },
  volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
});

/** Adds the Deployment and, where there is static configuration, its ConfigMap. */
export const addDeployment = (scope: Construct, workload: Workload): void => {
  const { metadata, selector, configMap, checksum } = workload;
  if (configMap)
    new k8s.KubeConfigMap(scope, 'configuration', {
      metadata: {
        ...metadata,
        name: configMap.name,
        // Pods of the release before still read theirs, and a rollback goes back to it.
        annotations: { 'argocd.argoproj.io/sync-options': 'Prune=false' },
      },
      immutable: true,
      data: configMap.data,
    });
  new k8s.KubeServiceAccount(scope, 'service-account', {
    metadata,
    automountServiceAccountToken: false,
  });
  new k8s.KubeDeployment(scope, 'deployment', {
    metadata,
    // No replicas: the autoscaler owns the number, and an apply must not reset it.
    spec: {
      selector: { matchLabels: selector },
      minReadySeconds: 5,
      progressDeadlineSeconds: 300,
      revisionHistoryLimit: 10,
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxUnavailable: k8s.IntOrString.fromNumber(0), maxSurge: k8s.IntOrString.fromString('25%') },
      },
      template: {
        metadata: {
          labels: metadata.labels,
          annotations: { [annotationKeys.configuration]: checksum },
        },
        spec: {
          serviceAccountName: metadata.name,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: terminationGraceSeconds,
          // Callees are named in full; with the default of 5 each look-up would first try three search domains.
          dnsConfig: { options: [{ name: 'ndots', value: '2' }] },
          securityContext: {
            runAsNonRoot: true,
            runAsUser: unprivilegedId,
            runAsGroup: unprivilegedId,
            fsGroup: unprivilegedId,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          topologySpreadConstraints: [
            spreadOver('topology.kubernetes.io/zone', selector),
            spreadOver('kubernetes.io/hostname', selector),
          ],
          containers: [containerOf(workload)],
          volumes: [{ name: 'tmp', emptyDir: { sizeLimit: k8s.Quantity.fromString('64Mi') } }],
        },
      },
    },
  });
};
