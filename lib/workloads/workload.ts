import { createHash } from 'node:crypto';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { labelKeys, platformName } from '../names.ts';
import { callersOf, grpcCallersOf } from '../services.ts';
import { podVariables, staticConfiguration } from './pod-variables.ts';
import { type NamedPort, namedPortsOf } from './ports.ts';
import type { ReplicaBounds, WorkloadValues } from './workload-values.ts';

/** One service as the cluster runs it: everything that its objects, and those who compare them, must agree on. */
export type Workload = {
  readonly service: ServiceManifest;
  readonly values: WorkloadValues;
  /** Of every object that has the service's name. */
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels: Record<string, string> };
  /** What selects its pods. */
  readonly selector: Record<string, string>;
  readonly doors: readonly NamedPort[];
  /** Names of services that may call each of its doors, sorted. */
  readonly callers: Readonly<Record<NamedPort['name'], readonly string[]>>;
  /** Services that it calls, by name. */
  readonly callees: readonly ServiceManifest[];
  /** Whole reference; may begin with a token or a placeholder. */
  readonly image: string;
  readonly replicas: ReplicaBounds;
  /** Variables of the pod template. */
  readonly variables: Readonly<Record<string, string>>;
  /** Digest of the static configuration; pods of another one are other pods. */
  readonly checksum: string;
  /** ConfigMap of the static configuration, one for each state of it; absent: the service has none. */
  readonly configMap?: { readonly name: string; readonly data: Readonly<Record<string, string>> } | undefined;
};

/** What selects a service's pods. Selectors of a Deployment are immutable: changing this is an outage. */
export const selectorLabels = (serviceName: string): Record<string, string> => ({ [labelKeys.service]: serviceName });

/** Refuses an image whose content can change under its name. Tokens are judged when the tag behind them is literal. */
const immutableImage = (service: ServiceManifest, values: WorkloadValues): string => {
  const image = values.images[service.name];
  if (!image) throw new Error(`workload values name no image for "${service.name}"; build it and give its reference`);
  const tag = /@sha256:[0-9a-f]{64}$|:([^/:]+)$/.exec(image);
  if (!tag || tag[1] === 'latest')
    throw new Error(`image "${image}" of "${service.name}" can change under its name; give a content tag or a digest`);
  return image;
};

const boundsOf = (service: ServiceManifest, values: WorkloadValues): ReplicaBounds => {
  const bounds = values.replicas[service.name];
  if (!bounds) throw new Error(`workload values name no replicas for "${service.name}"; give min and max`);
  if (bounds.min < 1 || bounds.max < bounds.min)
    throw new Error(
      `replicas of "${service.name}" in ${values.environment} are ${bounds.min} to ${bounds.max}; min must be at least 1 and max at least min`,
    );
  return bounds;
};

const checksumOf = (configuration: Record<string, string>): string =>
  createHash('sha256')
    .update(JSON.stringify(Object.entries(configuration).sort()))
    .digest('hex')
    .slice(0, 16);

/** Describes a service that runs in the cluster. Throws one sentence that names what is missing. */
export const describeWorkload = (
  service: ServiceManifest,
  all: readonly ServiceManifest[],
  values: WorkloadValues,
): Workload => {
  const configuration = staticConfiguration(service, values);
  const checksum = checksumOf(configuration);
  const selector = selectorLabels(service.name);
  const labels = {
    ...selector,
    'app.kubernetes.io/component': service.kind.replace('+', '-'),
    [labelKeys.platform]: platformName,
    environment: values.environment,
  };
  return {
    service,
    values,
    metadata: { name: service.name, namespace: values.namespace, labels },
    selector,
    doors: namedPortsOf(service),
    callers: { http: callersOf(service, all), grpc: grpcCallersOf(service, all) },
    callees: all
      .filter(({ name }) => service.calls.includes(name))
      .sort((one, other) => one.name.localeCompare(other.name, 'en')),
    image: immutableImage(service, values),
    replicas: boundsOf(service, values),
    variables: podVariables(service, all, values),
    checksum,
    configMap:
      Object.keys(configuration).length > 0
        ? { name: `${service.name}-configuration-${checksum}`, data: configuration }
        : undefined,
  };
};
