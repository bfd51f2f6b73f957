/** What the processes of all services take: memory, processor, files, turns of the event loop. */
import { runsInCluster, type ServiceManifest } from '../../services/kit/manifest.ts';
import type { Dashboard } from './dashboard.ts';
import { memoryOfLimit, processPanels } from './process-panels.ts';

const anyService = 'service=~".+"';

export const platformDashboard = (services: readonly ServiceManifest[]): Dashboard => ({
  name: 'platform',
  title: 'The platform',
  description: 'What the processes of all services take, and which of them run short.',
  rows: [
    {
      title: 'Processes',
      panels: [memoryOfLimit(services.filter(runsInCluster)), ...processPanels(anyService)],
    },
    {
      title: 'Scrapes',
      panels: [
        {
          title: 'Answered',
          description: 'Share of the pods that showed their metrics when they were asked last.',
          unit: 'percentunit',
          queries: [{ expression: 'avg by (job) (up)', legend: '{{job}}' }],
        },
        {
          title: 'Series',
          description: 'Series of the largest page of a job; each is billed where metrics are.',
          unit: 'short',
          queries: [{ expression: 'max by (job) (scrape_samples_post_metric_relabeling)', legend: '{{job}}' }],
        },
      ],
    },
  ],
});
