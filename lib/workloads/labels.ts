import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { labelKeys, platformName } from '../names.ts';
import type { WorkloadValues } from './workload-values.ts';

/** What selects a service's pods. Selectors of a Deployment are immutable: changing this is an outage. */
export const selectorLabels = (serviceName: string): Record<string, string> => ({
  [labelKeys.service]: serviceName,
});

/** Labels of every object of a service. */
export const serviceLabels = (service: ServiceManifest, values: WorkloadValues): Record<string, string> => ({
  ...selectorLabels(service.name),
  'app.kubernetes.io/component': service.kind.replace('+', '-'),
  [labelKeys.platform]: platformName,
  environment: values.environment,
});
