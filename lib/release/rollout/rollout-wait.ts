/** Waits for roll-outs to end, telling how far they are. */
import { setTimeout as pause } from 'node:timers/promises';
import { type Snapshot, snapshotOf } from './release-history.ts';
import type { RolloutCluster } from './rollout-cluster.ts';
import { ClusterRefused } from './rollout-cluster-failure.ts';
import { isHopeless } from './rollout-diagnosis.ts';
import { currentRevision, isOfRevision, podsOf, type RolloutState, rolloutState } from './rollout-workload.ts';

export type WaitOptions = {
  /** Seconds for all of them together. */
  readonly deadlineSeconds: number;
  readonly progress: (sentence: string) => void;
  readonly signal: AbortSignal;
};

export type RolloutOutcome = Snapshot & {
  /** Services whose roll-out did not end, with how far it got. */
  readonly stuck: ReadonlyMap<string, string>;
};

const POLL_MS = 1_000;
/** Milliseconds that the API server may be away in the middle of a roll-out: the upgrade of a control plane takes some. */
const AWAY_MS = 60_000;

const stateOf = (service: string, { deployments, replicaSets, pods }: Snapshot): RolloutState => {
  const deployment = deployments.get(service);
  if (!deployment) return { state: 'stuck', sentence: 'its Deployment is gone' };
  const { state, sentence } = rolloutState(deployment);
  const revision = currentRevision(deployment, replicaSets);
  const newPods = podsOf(service, pods).filter((pod) => revision && isOfRevision(pod, revision));
  return state === 'moving' && newPods.some(isHopeless)
    ? { state: 'stuck', sentence: `${sentence}; a container keeps failing` }
    : { state, sentence };
};

/**
 * Resolves when the roll-out of each service is done or cannot be any more, at the deadline at the latest. Short absences of
 * the API server are sat out; longer ones, and refusals, are thrown as {@link ClusterRefused}.
 */
export const waitForRollouts = async (
  cluster: RolloutCluster,
  services: readonly string[],
  { deadlineSeconds, progress, signal }: WaitOptions,
): Promise<RolloutOutcome> => {
  const endsAt = performance.now() + deadlineSeconds * 1000;
  const reported = new Map<string, string>();
  let awaySince: number | undefined;
  for (;;) {
    try {
      const snapshot = await snapshotOf(cluster);
      awaySince = undefined;
      const states = services.map((service) => [service, stateOf(service, snapshot)] as const);
      for (const [service, { sentence }] of states) {
        if (reported.get(service) !== sentence) progress(`${service}: ${sentence}`);
        reported.set(service, sentence);
      }
      const isOver = states.every(([, { state }]) => state !== 'moving') || performance.now() >= endsAt;
      if (isOver)
        return {
          ...snapshot,
          stuck: new Map(
            states.flatMap(([service, { state, sentence }]) =>
              state === 'done'
                ? []
                : [[service, state === 'stuck' ? sentence : `${sentence} after ${deadlineSeconds} s`] as const],
            ),
          ),
        };
    } catch (problem) {
      if (!(problem instanceof ClusterRefused && problem.isPassing)) throw problem;
      awaySince ??= performance.now();
      if (performance.now() - awaySince > AWAY_MS) throw problem;
      progress(`${problem.message}; trying again`);
    }
    await pause(POLL_MS, undefined, { signal });
  }
};
