/** A rollback from its plan to the message in the chat. */

import type { RolloutCluster } from '../rollout/rollout-cluster.ts';
import type { RolloutFinding } from '../rollout/rollout-finding.ts';
import { readLedger, recordRelease } from '../rollout/rollout-ledger.ts';
import { look, type WaitOptions } from '../rollout/rollout-wait.ts';
import { tagOf } from '../rollout/rollout-workload.ts';
import { compareServices, explainStuck } from '../verify/verify-cluster.ts';
import type { OutsideReport, OutsideVerdict } from '../verify/verify-outside.ts';
import { carryOut, describeStep, planRollback, type RollbackOutcome } from './rollback.ts';
import { RollbackRefused, runningRelease } from './rollback-target.ts';

export type RollbackReport = {
  /** `done`: the older release serves. `failed`: it was asked for and is not good. `none`: there was nothing to do. */
  readonly outcome: 'done' | 'failed' | 'none';
  readonly sentence: string;
  /** Image tags. */
  readonly services: readonly { readonly service: string; readonly from: string; readonly to: string }[];
  readonly findings: readonly RolloutFinding[];
  readonly outside: OutsideReport | null;
};

export type RollBackRequest = WaitOptions & {
  readonly environment: string;
  readonly service?: string | undefined;
  readonly to?: string | undefined;
  readonly outside: (() => Promise<OutsideVerdict>) | undefined;
  /** Tells the chat; never throws. */
  readonly tell: (text: string) => Promise<void>;
};

/** Notes that what runs is good, so that a later release can go back to it. */
export const noteGoodRelease = async (cluster: RolloutCluster): Promise<void> => {
  const history = { ...(await look(cluster)), ledger: await readLedger(cluster) };
  await recordRelease(cluster, runningRelease(history), new Date());
};

/** What became of a rollback, with the pods of the older release compared as those of the newer one were. */
export const reportRollback = async (cluster: RolloutCluster, outcome: RollbackOutcome): Promise<RollbackReport> => {
  const { steps, waited, already } = outcome;
  const services = steps.map(({ service, from, to }) => ({ service, from: tagOf(from.image), to: tagOf(to.image) }));
  if (!waited)
    return {
      outcome: 'none',
      sentence: already ?? 'there was nothing to roll back',
      services,
      findings: [],
      outside: null,
    };
  const ended = services.filter(({ service }) => !waited.stuck.has(service));
  const compared = await compareServices(cluster, waited, ended);
  const findings = [...(await explainStuck(cluster, waited, waited.stuck)), ...compared.findings];
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
export const requireEnvironment = async (cluster: RolloutCluster, environment: string): Promise<void> => {
  for (const [name, { metadata }] of await cluster.deployments()) {
    const runs = metadata?.labels?.['environment'];
    if (runs !== environment)
      throw new RollbackRefused(
        'rollback.unknown-target',
        `context ${cluster.context} runs ${name} of ${runs ?? 'an unnamed environment'}, not ${environment}; choose another --context or --environment`,
      );
  }
};

/** Rolls back, verifies, notes the good release and tells the chat once, whatever came of it. */
export const rollBack = async (cluster: RolloutCluster, request: RollBackRequest): Promise<RollbackReport> => {
  const { environment, outside, tell } = request;
  await requireEnvironment(cluster, environment);
  const plan = await planRollback(cluster, request);
  for (const step of plan.steps) request.progress(`will roll back ${describeStep(step)}`);
  let report: RollbackReport;
  try {
    report = await reportRollback(cluster, await carryOut(cluster, plan, request));
    if (report.outcome !== 'failed' && outside) {
      const seen = await outside();
      report = {
        ...report,
        outcome: seen.findings.length > 0 ? 'failed' : report.outcome,
        findings: seen.findings,
        outside: seen.report,
      };
    }
    if (report.outcome === 'done') await noteGoodRelease(cluster);
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
