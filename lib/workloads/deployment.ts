import { createHash } from 'node:crypto';
import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { drainSeconds, type ServiceManifest } from '../../services/kit/manifest.ts';
import { annotationKeys } from '../names.ts';
import { selectorLabels, serviceLabels } from './labels.ts';
import { podEnvironment, staticConfiguration } from './pod-variables.ts';
import { doorsOf, probePort } from './ports.ts';
import type { WorkloadValues } from './workload-values.ts';

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

const spreadOver = (topologyKey: string, service: ServiceManifest): k8s.TopologySpreadConstraint => ({
  topologyKey,
  maxSkew: 1,
  // A pod in a crowded zone serves more than a pending one.
  whenUnsatisfiable: 'ScheduleAnyway',
  labelSelector: { matchLabels: selectorLabels(service.name) },
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

const checksumOf = (configuration: Record<string, string>): string =>
  createHash('sha256')
    .update(JSON.stringify(Object.entries(configuration).sort()))
    .digest('hex')
    .slice(0, 16);

/** Name of the ConfigMap of one state of a service's static configuration: pods of another state read another one. */
const configMapName = (service: ServiceManifest, configuration: Record<string, string>): string =>
  `${service.name}-configuration-${checksumOf(configuration)}`;

/** Refuses an image whose content can change under its name. Tokens are judged when the tag behind them is literal. */
const immutableImage = (service: ServiceManifest, values: WorkloadValues): string => {
  const image = values.images[service.name];
  if (!image) throw new Error(`workload values name no image for "${service.name}"; build it and give its reference`);
  const tag = /@sha256:[0-9a-f]{64}$|:([^/:]+)$/.exec(image);
  if (!tag || tag[1] === 'latest')
    throw new Error(`image "${image}" of "${service.name}" can change under its name; give a content tag or a digest`);
  return image;
};

const containerOf = (
  service: ServiceManifest,
  all: readonly ServiceManifest[],
  values: WorkloadValues,
): k8s.Container => ({
  name: service.name,
  image: immutableImage(service, values),
  imagePullPolicy: 'IfNotPresent',
  ports: [
    ...doorsOf(service).map(({ name, port }) => ({ name, containerPort: port })),
    { name: 'probe', containerPort: probePort },
  ],
  env: [
    ...Object.entries(podEnvironment(service, all, values)).map(([name, value]) => ({ name, value })),
    // Set by "cloudmart roll"; absent, the value is empty and the service reads the versions that are current at its start.
    {
      name: 'SECRET_VERSIONS',
      valueFrom: { fieldRef: { fieldPath: `metadata.annotations['${annotationKeys.secretVersions}']` } },
    },
  ],
  envFrom:
    Object.keys(staticConfiguration(service, values)).length > 0
      ? [{ configMapRef: { name: configMapName(service, staticConfiguration(service, values)) } }]
      : undefined,
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
export const addDeployment = (
  scope: Construct,
  service: ServiceManifest,
  all: readonly ServiceManifest[],
  values: WorkloadValues,
): void => {
  const configuration = staticConfiguration(service, values);
  const labels = serviceLabels(service, values);
  if (Object.keys(configuration).length > 0)
    new k8s.KubeConfigMap(scope, 'configuration', {
      metadata: {
        name: configMapName(service, configuration),
        namespace: values.namespace,
        labels,
        // Pods of the release before still read theirs, and a rollback goes back to it.
        annotations: { 'argocd.argoproj.io/sync-options': 'Prune=false' },
      },
      immutable: true,
      data: configuration,
    });
  new k8s.KubeServiceAccount(scope, 'service-account', {
    metadata: { name: service.name, namespace: values.namespace, labels },
    automountServiceAccountToken: false,
  });
  new k8s.KubeDeployment(scope, 'deployment', {
    metadata: { name: service.name, namespace: values.namespace, labels },
    // No replicas: the autoscaler owns the number, and an apply must not reset it.
    spec: {
      selector: { matchLabels: selectorLabels(service.name) },
      minReadySeconds: 5,
      progressDeadlineSeconds: 300,
      revisionHistoryLimit: 10,
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxUnavailable: k8s.IntOrString.fromNumber(0), maxSurge: k8s.IntOrString.fromString('25%') },
      },
      template: {
        metadata: {
          labels,
          annotations: { [annotationKeys.configuration]: checksumOf(configuration) },
        },
        spec: {
          serviceAccountName: service.name,
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
            spreadOver('topology.kubernetes.io/zone', service),
            spreadOver('kubernetes.io/hostname', service),
          ],
          containers: [containerOf(service, all, values)],
          volumes: [{ name: 'tmp', emptyDir: { sizeLimit: k8s.Quantity.fromString('64Mi') } }],
        },
      },
    },
  });
};
