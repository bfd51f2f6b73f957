/** Which pod keeps a roll-out from its end, why, and what it said last. */
import type { V1ContainerStatus, V1Deployment, V1Pod } from '@kubernetes/client-node';
import type { RolloutCluster } from './rollout-cluster.ts';
import { ClusterRefused } from './rollout-cluster-failure.ts';
import type { RolloutFinding } from './rollout-finding.ts';
import type { RolloutOutcome } from './rollout-wait.ts';
import { currentRevision, isOfRevision, isReady, podsOf, type Revision } from './rollout-workload.ts';

export type Diagnosis = {
  readonly service: string;
  /** Absent: no pod could be made at all. */
  readonly pod?: string;
  readonly reason: string;
  /** Last lines of its log, the oldest first. */
  readonly log: readonly string[];
};

/** A container that was started this often in vain will not come up by waiting. */
const VAIN_STARTS = 3;
const LOG_LINES = 10;

const inOneLine = (text: string) => text.replaceAll(/\s+/g, ' ').trim();
const withMessage = (reason: string, message: string | undefined) =>
  message ? `${reason}: ${inOneLine(message)}` : reason;

const containerReason = ({ state, lastState, restartCount }: V1ContainerStatus): string | undefined => {
  const ended = state?.terminated ?? lastState?.terminated;
  const end =
    ended && `ended with exit code ${ended.exitCode} (${withMessage(ended.reason ?? 'no reason', ended.message)})`;
  const waits = state?.waiting?.reason;
  if (waits && waits !== 'ContainerCreating' && waits !== 'PodInitializing')
    return [withMessage(waits, state?.waiting?.message), end && `it ${end} after ${restartCount} restarts`]
      .filter(Boolean)
      .join('; ');
  return end;
};

/** Why a pod does not serve, in words of Kubernetes. */
export const podTrouble = ({ spec, status }: V1Pod): string => {
  const condition = (name: string) => status?.conditions?.find(({ type }) => type === name);
  const scheduled = condition('PodScheduled');
  if (scheduled?.status === 'False') return withMessage(scheduled.reason ?? 'Unschedulable', scheduled.message);
  for (const container of [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]) {
    const reason = container.ready ? undefined : containerReason(container);
    if (reason) return reason;
  }
  if (status?.reason) return withMessage(status.reason, status.message);
  for (const { conditionType } of spec?.readinessGates ?? [])
    if (condition(conditionType)?.status !== 'True')
      return withMessage(`its readiness gate ${conditionType} is not met`, condition(conditionType)?.message);
  const ready = condition('Ready');
  if (status?.phase === 'Running')
    return withMessage('it runs, but its readiness probe is not answered with 200', ready?.message);
  return `it is ${status?.phase ?? 'of no phase'}`;
};

/** Whether waiting longer is in vain: the container keeps ending, or its image name cannot be one. */
export const isHopeless = ({ status }: V1Pod): boolean =>
  status?.containerStatuses?.some(
    ({ state, restartCount }) =>
      state?.waiting?.reason === 'InvalidImageName' ||
      (state?.waiting?.reason === 'CrashLoopBackOff' && restartCount >= VAIN_STARTS),
  ) ?? false;

const logOf = async (cluster: RolloutCluster, service: string, pod: V1Pod): Promise<string[]> => {
  const container = pod.status?.containerStatuses?.find(({ name }) => name === service);
  const isBetweenRuns = container?.state?.running === undefined && (container?.restartCount ?? 0) > 0;
  try {
    return await cluster.lastLines(pod.metadata?.name ?? '', service, LOG_LINES, isBetweenRuns);
  } catch (problem) {
    if (problem instanceof ClusterRefused) return [`(its log cannot be read: ${problem.message})`];
    throw problem;
  }
};

/** The first pod of the revision that is not ready, with its reason and log; without pods what the Deployment says. */
const diagnose = async (
  cluster: RolloutCluster,
  deployment: V1Deployment,
  revision: Revision | undefined,
  pods: readonly V1Pod[],
): Promise<Diagnosis> => {
  const service = deployment.metadata?.name ?? '';
  const failing = podsOf(service, pods).find(
    (pod) => (revision === undefined || isOfRevision(pod, revision)) && !isReady(pod),
  );
  if (failing)
    return {
      service,
      pod: failing.metadata?.name ?? '',
      reason: podTrouble(failing),
      log: await logOf(cluster, service, failing),
    };
  const { conditions = [] } = deployment.status ?? {};
  const said =
    conditions.find(({ type, status }) => type === 'ReplicaFailure' && status === 'True') ??
    conditions.find(({ type, status }) => type === 'Progressing' && status === 'False') ??
    conditions.find(({ type, status }) => type === 'Available' && status === 'False');
  return {
    service,
    reason: said
      ? withMessage(said.reason ?? said.type, said.message)
      : 'its pods are ready, but not yet for long enough, or old ones still end',
    log: [],
  };
};

/** Why each stuck service is stuck: its pod, the reason, the last lines of its log. */
export const explainStuck = (
  cluster: RolloutCluster,
  { deployments, replicaSets, pods, stuck }: RolloutOutcome,
): Promise<RolloutFinding[]> =>
  Promise.all(
    [...stuck].map(async ([service, howFar]): Promise<RolloutFinding> => {
      const deployment = deployments.get(service);
      if (!deployment) return { code: 'rollout-stuck', service, problem: `${service}: ${howFar}` };
      const { pod, reason, log } = await diagnose(cluster, deployment, currentRevision(deployment, replicaSets), pods);
      return {
        code: 'rollout-stuck',
        service,
        pod,
        problem: `${service} did not roll out (${howFar}): ${pod === undefined ? '' : `pod ${pod}: `}${reason}`,
        log,
      };
    }),
  );
