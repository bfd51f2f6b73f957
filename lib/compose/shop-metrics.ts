/** How Prometheus finds the services, and Grafana Prometheus. */
import { runsInCluster, type ServiceManifest } from '../../services/kit/manifest.ts';
import { probePort } from '../workloads/ports.ts';

/** Seconds between two scrapes; rates in the dashboard look at four of them at least. */
const SCRAPE_SECONDS = 5;

/** Configuration of Prometheus: the alerts of the shop, and every service that serves, at its door for probes, which no load can close. */
export const prometheusConfiguration = (services: readonly ServiceManifest[]) => ({
  global: { scrape_interval: `${SCRAPE_SECONDS}s`, scrape_timeout: `${SCRAPE_SECONDS - 1}s` },
  // Beside this file, as compose-peers.ts mounts it.
  rule_files: ['alerts.yaml'],
  scrape_configs: [
    {
      job_name: 'services',
      static_configs: [{ targets: services.filter(runsInCluster).map(({ name }) => `${name}:${probePort}`) }],
    },
    { job_name: 'prometheus', static_configs: [{ targets: ['127.0.0.1:9090'] }] },
  ],
});

/** Grafana's description of the data source. */
export const dataSource = {
  apiVersion: 1,
  datasources: [
    {
      name: 'Prometheus',
      uid: 'shop-prometheus',
      type: 'prometheus',
      access: 'proxy',
      url: 'http://prometheus:9090',
      isDefault: true,
      editable: false,
      jsonData: { timeInterval: `${SCRAPE_SECONDS}s` },
    },
  ],
};

/** Where Grafana finds dashboards; a change in the folder is shown within half a minute. */
export const dashboardProvider = {
  apiVersion: 1,
  providers: [
    {
      name: 'CloudMart',
      type: 'file',
      disableDeletion: true,
      allowUiUpdates: false,
      updateIntervalSeconds: 30,
      options: { path: '/etc/cloudmart/dashboards' },
    },
  ],
};
