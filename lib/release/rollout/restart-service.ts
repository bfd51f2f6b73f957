/** New pods for one service, one after the other, while old ones serve. */
import type { Environment } from '../../environment/environment.ts';
import { annotationKeys, fieldManagers } from '../../names.ts';
import { requireEnvironment } from '../rollback/rollback.ts';
import type { Session } from '../verify/session.ts';
import { snapshotOf } from './release-history.ts';
import type { RestartReport } from './restart-rotated.ts';
import { explainStuck } from './rollout-diagnosis.ts';
import { waitForRollouts } from './rollout-wait.ts';

/**
 * Gives a service new pods of the release that it runs. Where they are never ready the old ones go on serving, and the findings say why;
 * there is nothing to go back to, because the release is the same.
 */
export const restartService = async (
  environment: Environment,
  service: string,
  { cluster, wait }: Pick<Session, 'cluster' | 'wait'>,
): Promise<RestartReport> => {
  const before = await snapshotOf(cluster);
  requireEnvironment(cluster.context, before, environment.name);
  wait.signal.throwIfAborted();
  await cluster.annotateTemplate(service, fieldManagers.restarts, {
    [annotationKeys.restartedAt]: new Date().toISOString(),
  });
  wait.progress(`${service}: new pods, asked for by a command`);
  const rollout = await waitForRollouts(cluster, [service], wait);
  if (rollout.stuck.size === 0)
    return { sentence: `${service} got new pods, which are ready`, restarted: [service], findings: [], rollback: null };
  const findings = await explainStuck(cluster, rollout);
  const sentence = `${findings[0]?.problem}; the pods of before go on serving`;
  return { sentence, restarted: [service], findings, rollback: null };
};
