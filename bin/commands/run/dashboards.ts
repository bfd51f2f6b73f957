import { writeDashboards } from '../../../lib/dashboards/write-dashboards.ts';
import { services } from '../../../lib/services.ts';
import { print } from '../../command-line/print.ts';
import type { DashboardsFlags } from '../dashboards.ts';

/** Writes a file a dashboard, and prints their paths. */
export const runDashboards = async ({ out, json }: DashboardsFlags): Promise<void> => {
  const files = await writeDashboards(out, services);
  print(json, { files }, () => [`${files.length} dashboards are in ${out}`]);
};
