/** Goes back to an earlier release out of what the cluster itself still holds: no build, no registry, no AWS. */

import { annotationKeys } from '../../names.ts';
import type { RolloutCluster } from '../rollout/rollout-cluster.ts';
import { leaveRelease, readLedger } from '../rollout/rollout-ledger.ts';
import { look, type Waited, type WaitOptions, waitForRollouts } from '../rollout/rollout-wait.ts';
import { tagOf } from '../rollout/rollout-workload.ts';
import { type Plan, planRelease, planService, runningRelease, type Step } from './rollback-target.ts';

export type RollbackRequest = WaitOptions & {
  /** Absent: every service that differs from the release before. */
  readonly service?: string | undefined;
  /** A revision or tag of the service; without a service the id of a release. */
  readonly to?: string | undefined;
};

export type RollbackOutcome = {
  readonly steps: readonly Step[];
  readonly already?: string;
  /** Absent: nothing had to change. */
  readonly waited?: Waited;
};

/** Ended by Ctrl-C between two services; says how far it came. */
export class RollbackInterrupted extends Error {
  constructor(done: readonly Step[], steps: readonly Step[]) {
    const names = (some: readonly Step[]) => some.map(({ service }) => service).join(', ') || 'nothing';
    super(
      `interrupted: ${names(done)} of ${names(steps)} was told to go back; run the same command again to finish and to verify`,
    );
    this.name = 'RollbackInterrupted';
  }
}

export const describeStep = ({ service, from, to }: Step): string =>
  `${service} from revision ${from.revision} (${tagOf(from.image).slice(0, 12)}) to ${to.revision} (${tagOf(to.image).slice(0, 12)})`;

/** What would be changed; reads only. */
export const planRollback = async (
  cluster: RolloutCluster,
  { service, to }: Pick<RollbackRequest, 'service' | 'to'>,
): Promise<Plan> => {
  const history = { ...(await look(cluster)), ledger: await readLedger(cluster) };
  return service === undefined ? planRelease(history, to) : planService(history, service, to);
};

/** Carries a plan out: every Deployment gets its earlier template, then all roll-outs are waited for together. */
export const carryOut = async (
  cluster: RolloutCluster,
  { steps, already }: Plan,
  { progress, signal, deadlineSeconds }: WaitOptions,
): Promise<RollbackOutcome> => {
  if (steps.length === 0) return { steps, ...(already !== undefined && { already }) };
  const history = { ...(await look(cluster)), ledger: await readLedger(cluster) };
  await leaveRelease(cluster, runningRelease(history), new Date());
  const done: Step[] = [];
  try {
    for (const step of steps) {
      signal.throwIfAborted();
      await cluster.restoreTemplate(step.service, step.to.replicaSet, { [annotationKeys.rolledBackTo]: step.to.hash });
      done.push(step);
      progress(`rolled back ${describeStep(step)}`);
    }
    const names = steps.map(({ service }) => service);
    return { steps, waited: await waitForRollouts(cluster, names, { deadlineSeconds, progress, signal }) };
  } catch (problem) {
    if (signal.aborted) throw new RollbackInterrupted(done, steps);
    throw problem;
  }
};
