/** Goes back to an earlier release out of what the cluster itself still holds: no build, no registry, no AWS. */
import { annotationKeys } from '../../names.ts';
import { type ReleaseHistory, readReleaseHistory, type Snapshot } from '../rollout/release-history.ts';
import type { RolloutCluster } from '../rollout/rollout-cluster.ts';
import { explainStuck } from '../rollout/rollout-diagnosis.ts';
import type { RolloutFinding } from '../rollout/rollout-finding.ts';
import { leaveRelease, type Release, recordRelease } from '../rollout/rollout-ledger.ts';
import { type RolloutOutcome, type WaitOptions, waitForRollouts } from '../rollout/rollout-wait.ts';
import { currentRevision, type Revision, revisionsOf, tagOf } from '../rollout/rollout-workload.ts';
import { compareServices } from '../verify/compare-cluster.ts';
import type { OutsideReport, OutsideVerdict } from '../verify/verify-outside.ts';
import {
  planReleaseRollback,
  planServiceRollback,
  type RollbackPlan,
  RollbackRefused,
  type RollbackStep,
  runningRelease,
} from './rollback-target.ts';

export type RollbackRequest = WaitOptions & {
  readonly environment: string;
  /** Absent: every service that differs from the release before. */
  readonly service?: string | undefined;
  /** A revision or tag of the service; without a service the id of a release. */
  readonly to?: string | undefined;
  readonly outside: (() => Promise<OutsideVerdict>) | undefined;
  /** Tells the chat; never throws. */
  readonly tell: (text: string) => Promise<void>;
};

/** A plan that was carried out. */
export type RollbackOutcome = RollbackPlan & {
  /** Absent: nothing had to change. */
  readonly rollout?: RolloutOutcome;
};

export type RollbackReport = {
  /** `done`: the older release serves. `failed`: it was asked for and is not good. `none`: there was nothing to do. */
  readonly outcome: 'done' | 'failed' | 'none';
  readonly sentence: string;
  /** Image tags. */
  readonly services: readonly { readonly service: string; readonly from: string; readonly to: string }[];
  readonly findings: readonly RolloutFinding[];
  readonly outside: OutsideReport | null;
};

/** Ended by Ctrl-C between two services; says how far it came. */
export class RollbackInterrupted extends Error {
  constructor(done: readonly RollbackStep[], steps: readonly RollbackStep[]) {
    const names = (some: readonly RollbackStep[]) => some.map(({ service }) => service).join(', ') || 'nothing';
    super(
      `interrupted: ${names(done)} of ${names(steps)} was told to go back; run the same command again to finish and to verify`,
    );
    this.name = 'RollbackInterrupted';
  }
}

export const describeStep = ({ service, from, to }: RollbackStep): string =>
  `${service} from revision ${from.revision} (${tagOf(from.image).slice(0, 12)}) to ${to.revision} (${tagOf(to.image).slice(0, 12)})`;

/** What would be changed. Throws {@link RollbackRefused}. */
export const planRollback = (
  history: ReleaseHistory,
  { service, to }: Pick<RollbackRequest, 'service' | 'to'>,
): RollbackPlan =>
  service === undefined ? planReleaseRollback(history, to) : planServiceRollback(history, service, to);

/** Carries a plan out: every Deployment gets its earlier template, then all roll-outs are waited for together. */
export const carryOut = async (
  cluster: RolloutCluster,
  history: ReleaseHistory,
  plan: RollbackPlan,
  wait: WaitOptions,
): Promise<RollbackOutcome> => {
  const { steps } = plan;
  if (steps.length === 0) return plan;
  await leaveRelease(cluster, history.ledger, runningRelease(history), new Date());
  const done: RollbackStep[] = [];
  try {
    for (const step of steps) {
      wait.signal.throwIfAborted();
      await cluster.restoreTemplate(step.service, step.to.replicaSet, { [annotationKeys.rolledBackTo]: step.to.hash });
      done.push(step);
      wait.progress(`rolled back ${describeStep(step)}`);
    }
    const names = steps.map(({ service }) => service);
    return { steps, rollout: await waitForRollouts(cluster, names, wait) };
  } catch (problem) {
    if (wait.signal.aborted) throw new RollbackInterrupted(done, steps);
    throw problem;
  }
};

/** Notes that what runs in a snapshot is good, so that a later release can go back to it. */
export const noteGoodRelease = (cluster: RolloutCluster, snapshot: Snapshot): Promise<void> =>
  recordRelease(cluster, runningRelease(snapshot), new Date());

/** What became of a rollback, with the pods of the older release compared as those of the newer one were. */
export const reportRollback = async (cluster: RolloutCluster, outcome: RollbackOutcome): Promise<RollbackReport> => {
  const { steps, rollout, already } = outcome;
  const services = steps.map(({ service, from, to }) => ({ service, from: tagOf(from.image), to: tagOf(to.image) }));
  if (!rollout)
    return {
      outcome: 'none',
      sentence: already ?? 'there was nothing to roll back',
      services,
      findings: [],
      outside: null,
    };
  const ended = services.filter(({ service }) => !rollout.stuck.has(service));
  const compared = await compareServices(cluster, rollout, ended);
  const findings = [...(await explainStuck(cluster, rollout)), ...compared.findings];
  const what = steps.map(describeStep).join(', ');
  return {
    outcome: findings.length === 0 ? 'done' : 'failed',
    sentence: findings.length === 0 ? `rolled back ${what}` : `told to go back, but not serving: ${what}`,
    services,
    findings,
    outside: null,
  };
};

/** Refuses a cluster that runs another environment. */
export const requireEnvironment = (context: string, { deployments }: Snapshot, environment: string): void => {
  for (const [name, { metadata }] of deployments) {
    const runs = metadata?.labels?.['environment'];
    if (runs !== environment)
      throw new RollbackRefused(
        'rollback.unknown-target',
        `context ${context} runs ${name} of ${runs ?? 'an unnamed environment'}, not ${environment}; choose another --context or --environment`,
      );
  }
};

/** Rolls back, verifies, notes the good release and tells the chat once, whatever came of it. */
export const rollBack = async (cluster: RolloutCluster, request: RollbackRequest): Promise<RollbackReport> => {
  const { environment, outside, tell } = request;
  const history = await readReleaseHistory(cluster);
  requireEnvironment(cluster.context, history, environment);
  const plan = planRollback(history, request);
  for (const step of plan.steps) request.progress(`will roll back ${describeStep(step)}`);
  let report: RollbackReport;
  try {
    const outcome = await carryOut(cluster, history, plan, request);
    report = await reportRollback(cluster, outcome);
    if (report.outcome !== 'failed' && outside) {
      const tried = await outside();
      report = {
        ...report,
        outcome: tried.findings.length > 0 ? 'failed' : report.outcome,
        findings: tried.findings,
        outside: tried.report,
      };
    }
    if (report.outcome === 'done' && outcome.rollout) await noteGoodRelease(cluster, outcome.rollout);
  } catch (problem) {
    if (plan.steps.length > 0)
      await tell(
        `${environment}: a rollback was not finished. ${problem instanceof Error ? problem.message : problem}`,
      );
    throw problem;
  }
  if (plan.steps.length > 0) {
    const [first] = report.findings;
    await tell(`${environment}: rollback ${report.outcome}. ${report.sentence}.${first ? ` ${first.problem}.` : ''}`);
  }
  return report;
};

/** What can be gone back to. */
export type RevisionList = {
  readonly environment: string;
  readonly releases: readonly Release[];
  readonly revisions: readonly (Revision & { readonly isRunning: boolean })[];
  /** The same for people. */
  readonly lines: readonly string[];
};

const stateOf = ({ verifiedAt, leftAt }: Release) =>
  leftAt !== undefined ? `left ${leftAt}` : verifiedAt !== undefined ? `verified ${verifiedAt}` : 'never verified';

/** Releases and revisions, the newest first; of one service or of all. */
export const listRevisions = (
  { deployments, replicaSets, ledger: { releases } }: ReleaseHistory,
  environment: string,
  service: string | undefined,
): RevisionList => {
  if (service !== undefined && !deployments.has(service))
    throw new RollbackRefused(
      'rollback.unknown-target',
      `there is no Deployment ${service}; known are ${[...deployments.keys()].sort().join(', ') || 'none'}`,
    );
  const revisions = [...deployments]
    .filter(([name]) => service === undefined || name === service)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([, deployment]) => {
      const running = currentRevision(deployment, replicaSets)?.hash;
      return revisionsOf(deployment, replicaSets).map((revision) => ({
        ...revision,
        isRunning: revision.hash === running,
      }));
    });
  const lines = [
    ...(service === undefined ? releases.map((release) => `release ${release.id}  ${stateOf(release)}`) : []),
    ...revisions.map(
      ({ service: name, revision, image, configuration, createdAt, isRunning }) =>
        `${name.padEnd(16)} revision ${String(revision).padStart(3)}  ${tagOf(image).slice(0, 12)}  configuration ${configuration || 'none'}  ${createdAt}${isRunning ? '  runs' : ''}`,
    ),
  ];
  return { environment, releases, revisions, lines };
};
