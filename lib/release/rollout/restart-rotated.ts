/** New pods for rotated secrets, in the cluster that runs the services of this checkout. */

import { runsInCluster } from '../../../services/kit/manifest.ts';
import type { Environment } from '../../environment/environment.ts';
import { services } from '../../services.ts';
import { requireEnvironment } from '../rollback/rollback-report.ts';
import type { Session } from '../verify/session.ts';
import { currentSecrets } from './rollout-aws.ts';
import { type RestartReport, restartOutdated } from './rollout-secrets.ts';

/** Restarts the services whose secrets Secrets Manager has newer versions of, and tells the chat when some cannot use them. */
export const restartRotated = async (
  environment: Environment,
  { cluster, wait, tell }: Pick<Session, 'cluster' | 'wait' | 'tell'>,
): Promise<RestartReport> => {
  wait.progress(`asking Secrets Manager in ${environment.region} for the current versions`);
  const secrets = await currentSecrets(environment, services.filter(runsInCluster));
  await requireEnvironment(cluster, environment.name);
  const report = await restartOutdated(cluster, secrets, wait);
  if (report.findings.length > 0)
    await tell(`${environment.name}: rotated secrets could not be taken up. ${report.sentence}.`);
  return report;
};
