/** Every rule of an environment, derived from the manifests of its services. */
import { runsInCluster, type ServiceManifest } from '../../services/kit/manifest.ts';
import type { Environment } from '../environment/environment.ts';
import { businessAlerts, type Configured } from './business-alerts.ts';
import { integrityGroup, objectiveGroups } from './objectives.ts';
import type { RuleGroup } from './rule.ts';
import { serviceAlerts } from './service-alerts.ts';

/**
 * Rule groups: one a service that runs in pods, one an objective, one for integrity. `configuration` is what an environment sets, beside the
 * defaults of the manifests.
 */
export const ruleGroups = (
  services: readonly ServiceManifest[],
  configuration: Environment['configuration'] = {},
): RuleGroup[] => {
  const configured: Configured = (service, key) => {
    const value = configuration[service.name]?.[key] ?? service.configuration[key]?.default;
    if (value === undefined)
      throw new Error(`services/${service.name}/manifest.ts: an alert needs a default of ${key}`);
    return value;
  };
  const ofServices = services.filter(runsInCluster).map((service) => ({
    name: `service-${service.name}`,
    rules: [...serviceAlerts(service), ...businessAlerts(service, configured)],
  }));
  return [...ofServices, ...objectiveGroups(services), integrityGroup];
};
