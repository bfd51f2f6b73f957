import { Command } from 'commander';
import { helpAfter } from '../command-line/help.ts';
import { jsonOption } from '../command-line/options.ts';

export type DashboardsFlags = { readonly out: string; readonly json?: boolean };

/** `cloudmart dashboards`: the dashboards of the shop, for Grafana. */
export const dashboardsCommand = (): Command =>
  new Command('dashboards')
    .summary('write the dashboards of the shop for Grafana')
    .description(
      'write the dashboards of the shop, its business, its pipelines, its platform and each service for Grafana, as the manifests and the catalogue of metrics give them',
    )
    .option('--out <dir>', 'folder for a file a dashboard', 'dist/dashboards')
    .addOption(jsonOption('print the paths of the files as JSON'))
    .addHelpText(
      'after',
      helpAfter({
        notes: [
          'Import them into any Grafana: each lets its reader choose the Prometheus that it asks. compose.yaml shows the same ones. Functions tell their figures to CloudWatch and have none. A service-*.json in the folder of a service that is gone is removed.',
        ],
        examples: ['npx cloudmart dashboards', 'npx cloudmart dashboards --out /var/lib/grafana/dashboards'],
        done: 'the files are written',
        failed: 'the folder cannot be written to',
      }),
    )
    .action(async (flags: DashboardsFlags) => (await import('./run/dashboards.ts')).runDashboards(flags));
