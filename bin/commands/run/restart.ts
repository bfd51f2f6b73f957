import { workloadNamespace } from '../../../lib/names.ts';
import { restartRotated } from '../../../lib/release/rollout/restart-rotated.ts';
import { openClusterSession } from '../../../lib/release/verify/session.ts';
import type { ClusterFlags } from '../../command-line/cluster-options.ts';
import { print } from '../../command-line/print.ts';
import { clusterRequest } from '../../command-line/session-request.ts';

/** Restarts what holds an older version of a secret than Secrets Manager. */
export const runRestart = async (flags: ClusterFlags, signal: AbortSignal): Promise<void> => {
  const session = openClusterSession(clusterRequest(flags, signal), workloadNamespace);
  const report = await restartRotated(flags.environment, session);
  print(flags.json, report, () => [report.sentence]);
  if (report.findings.length > 0) process.exitCode = 1;
};
