/** What the collector of metrics looks for and asks, in the words of Prometheus. */
import { stringify } from 'yaml';

export type ScrapeTarget = {
  /** Kubernetes namespace whose pods are read. */
  readonly namespace: string;
  /** Container port at which a pod answers `/metrics`. */
  readonly port: number;
};

/**
 * Configuration of Prometheus as YAML: every running pod of the namespace that has the port, with its name as the label `pod`. The label
 * `service` is the services' own.
 */
export const scrapeConfiguration = ({ namespace, port }: ScrapeTarget, everySeconds: number): string =>
  stringify({
    global: { scrape_interval: `${everySeconds}s`, scrape_timeout: '10s' },
    scrape_configs: [
      {
        job_name: 'services',
        metrics_path: '/metrics',
        kubernetes_sd_configs: [{ role: 'pod', namespaces: { names: [namespace] } }],
        relabel_configs: [
          // One target is found for each port that a pod names.
          { source_labels: ['__meta_kubernetes_pod_container_port_number'], regex: String(port), action: 'keep' },
          { source_labels: ['__meta_kubernetes_pod_phase'], regex: 'Running', action: 'keep' },
          { source_labels: ['__meta_kubernetes_pod_name'], target_label: 'pod' },
        ],
        // Two of five series of a pod, and no question that a dashboard asks.
        metric_relabel_configs: [
          {
            source_labels: ['__name__'],
            regex: 'nodejs_(heap_space_.*|gc_duration_seconds_bucket|active_.*)',
            action: 'drop',
          },
        ],
      },
    ],
  });
