/** Rotated secrets: which pods were started for older versions, and new pods for the current ones. */
import type { V1Pod } from '@kubernetes/client-node';
import { runsInCluster } from '../../../services/kit/manifest.ts';
import type { Environment } from '../../environment/environment.ts';
import { annotationKeys, fieldManagers } from '../../names.ts';
import { services } from '../../services.ts';
import { carryOut, type RollbackReport, reportRollback, requireEnvironment } from '../rollback/rollback.ts';
import { runningRevision } from '../rollback/rollback-target.ts';
import type { Session } from '../verify/session.ts';
import { readReleaseHistory, type Snapshot, snapshotOf } from './release-history.ts';
import { type CurrentSecret, currentSecrets, versionsText } from './rollout-aws.ts';
import type { RolloutCluster } from './rollout-cluster.ts';
import { explainStuck } from './rollout-diagnosis.ts';
import type { RolloutFinding } from './rollout-finding.ts';
import { type WaitOptions, waitForRollouts } from './rollout-wait.ts';
import { annotationOf, podsOf } from './rollout-workload.ts';

type Secrets = ReadonlyMap<string, readonly CurrentSecret[]>;

const startOf = ({ status }: V1Pod) => status?.startTime?.getTime() ?? 0;

/**
 * Services whose pods may hold other values than the current ones: made for other versions, or, where no versions were ever
 * chosen, started before the last change.
 */
const outdated = ({ deployments, pods }: Snapshot, secrets: Secrets) =>
  [...secrets].flatMap(([service, current]) => {
    const deployment = deployments.get(service);
    if (!deployment) return [];
    const chosen = annotationOf(deployment.spec?.template, annotationKeys.secretVersions);
    const older = current.filter(({ key, version, changedAt }) =>
      chosen === ''
        ? podsOf(service, pods).some((pod) => startOf(pod) < changedAt.getTime())
        : !chosen.split(' ').includes(`${key}=${version}`),
    );
    return older.length === 0 ? [] : [{ service, keys: older.map(({ key }) => key), wanted: versionsText(current) }];
  });

/** What a verification says about rotated secrets. */
export const compareSecrets = (snapshot: Snapshot, secrets: Secrets, environment: string): RolloutFinding[] =>
  outdated(snapshot, secrets).map(({ service, keys }) => ({
    code: 'secret-outdated',
    service,
    problem: `pods of ${service} hold an older version of ${keys.join(', ')} than Secrets Manager; run "npx cloudmart restart --rotated --environment ${environment}"`,
  }));

export type RestartReport = {
  /** What came of it, for people. */
  readonly sentence: string;
  /** Services that got new pods. */
  readonly restarted: readonly string[];
  /** None: every service reads the current versions. */
  readonly findings: readonly RolloutFinding[];
  /** What became of services whose new pods could not use their secrets; null: there were none. */
  readonly rollback: RollbackReport | null;
};

/**
 * Gives services with rotated secrets new pods that read exactly the current versions. Old pods serve until the new ones are ready;
 * where those never are, the Deployment goes back, and the old pods were never gone. Safe to repeat.
 */
export const restartOutdated = async (
  cluster: RolloutCluster,
  before: Snapshot,
  secrets: Secrets,
  wait: WaitOptions,
): Promise<RestartReport> => {
  const due = outdated(before, secrets);
  const running = new Map(due.map(({ service }) => [service, runningRevision(before, service)]));
  for (const { service, keys, wanted } of due) {
    wait.signal.throwIfAborted();
    await cluster.annotateTemplate(service, fieldManagers.secrets, { [annotationKeys.secretVersions]: wanted });
    wait.progress(`${service}: new pods for ${keys.join(', ')}`);
  }
  const restarted = due.map(({ service }) => service);
  const rollout = await waitForRollouts(cluster, restarted, wait);
  if (rollout.stuck.size === 0) {
    const sentence = `${restarted.join(', ') || 'no service'} got new pods; every service reads the current versions of its secrets`;
    return { sentence, restarted, findings: [], rollback: null };
  }
  const findings = await explainStuck(cluster, rollout);
  for (const { problem } of findings) wait.progress(problem);
  const history = await readReleaseHistory(cluster);
  // A service goes back to the very revision that it had before this, whatever the ledger says.
  const steps = [...rollout.stuck.keys()].flatMap((service) => {
    const to = running.get(service);
    return to ? [{ service, from: runningRevision(history, service), to }] : [];
  });
  const rollback = await reportRollback(cluster, await carryOut(cluster, history, { steps }, wait));
  return { sentence: `${findings[0]?.problem}; ${rollback.sentence}`, restarted, findings, rollback };
};

/** Restarts the services whose secrets Secrets Manager has newer versions of, and tells the chat when some cannot use them. */
export const restartRotated = async (
  environment: Environment,
  { cluster, wait, tell }: Pick<Session, 'cluster' | 'wait' | 'tell'>,
): Promise<RestartReport> => {
  wait.progress(`asking Secrets Manager in ${environment.region} for the current versions`);
  const secrets = await currentSecrets(environment, services.filter(runsInCluster));
  const before = await snapshotOf(cluster);
  requireEnvironment(cluster.context, before, environment.name);
  const report = await restartOutdated(cluster, before, secrets, wait);
  if (report.findings.length > 0)
    await tell(`${environment.name}: rotated secrets could not be taken up. ${report.sentence}.`);
  return report;
};
