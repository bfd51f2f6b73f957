/** Every dashboard, derived from the manifests and the catalogue of metrics. */
import { runsInCluster, type ServiceManifest } from '../../services/kit/manifest.ts';
import { businessDashboard } from './business-dashboard.ts';
import { type Dashboard, grafanaDashboard } from './dashboard.ts';
import { pipelinesDashboard } from './pipelines-dashboard.ts';
import { platformDashboard } from './platform-dashboard.ts';
import { serviceDashboard } from './service-dashboard.ts';
import { shopDashboard } from './shop-dashboard.ts';

/** The shop, its business, its pipelines, its platform, and each service that shows metrics: functions tell theirs to CloudWatch. */
export const dashboardsOf = (services: readonly ServiceManifest[]): Dashboard[] => [
  shopDashboard(services),
  businessDashboard,
  pipelinesDashboard,
  platformDashboard(services),
  ...services.filter(runsInCluster).map(serviceDashboard),
];

/** Content of a file of Grafana by its name, such as `shop.json`. */
export const dashboardFiles = (services: readonly ServiceManifest[]): ReadonlyMap<string, string> =>
  new Map(
    dashboardsOf(services).map((dashboard) => [
      `${dashboard.name}.json`,
      `${JSON.stringify(grafanaDashboard(dashboard), null, 2)}\n`,
    ]),
  );
