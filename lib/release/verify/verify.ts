/** `cloudmart verify`: whether the release that was asked for runs, serves customers, and moves its events; if not, back. */
import { carryOut, noteGoodRelease, planRollback, type RollbackReport, reportRollback } from '../rollback/rollback.ts';
import {
  planServiceRollback,
  type RollbackPlan,
  RollbackRefused,
  runningRelease,
} from '../rollback/rollback-target.ts';
import { type ReleaseHistory, readReleaseHistory, type Snapshot, snapshotOf } from '../rollout/release-history.ts';
import type { RolloutCluster } from '../rollout/rollout-cluster.ts';
import { explainStuck } from '../rollout/rollout-diagnosis.ts';
import { isFaultOfRelease, type RolloutFinding } from '../rollout/rollout-finding.ts';
import { hashesOf, positionOf } from '../rollout/rollout-ledger.ts';
import { type WaitOptions, waitForRollouts } from '../rollout/rollout-wait.ts';
import { compareDeployments, compareServices, type PodReport } from './compare-cluster.ts';
import type { ExpectedWorkload } from './expected-workloads.ts';
import type { OutsideReport, OutsideVerdict } from './verify-outside.ts';

export type VerifyRequest = WaitOptions & {
  readonly environment: string;
  readonly expected: readonly ExpectedWorkload[];
  /** What the cluster cannot know, such as whether secrets were rotated since; undefined: it is left out on purpose. */
  readonly alsoCheck?: ((snapshot: Snapshot) => Promise<RolloutFinding[]>) | undefined;
  /** Tries the shop from outside; undefined: it is left out on purpose. */
  readonly outside?: (() => Promise<OutsideVerdict>) | undefined;
  /** Whether a release that is found bad is rolled back. */
  readonly rollsBack: boolean;
};

export type VerifyReport = {
  readonly environment: string;
  readonly context: string;
  /** Services whose pods were compared. */
  readonly services: readonly PodReport[];
  readonly outside: OutsideReport | null;
  /** None: the release is good. */
  readonly findings: readonly RolloutFinding[];
  /** What was done about it; null: nothing. */
  readonly rollback: RollbackReport | null;
};

const inspect = async (cluster: RolloutCluster, request: VerifyRequest) => {
  const { expected, alsoCheck, outside, progress } = request;
  progress(`comparing ${expected.length} Deployments of ${cluster.context} with this checkout`);
  const before = await snapshotOf(cluster);
  const findings = compareDeployments(before, expected, request.environment, cluster.context);
  if (findings.length > 0) return { snapshot: before, services: [], findings, outside: null };
  const names = expected.map(({ service }) => service);
  const rollout = await waitForRollouts(cluster, names, request);
  const ended = expected.filter(({ service }) => !rollout.stuck.has(service));
  const compared = await compareServices(cluster, rollout, ended);
  const found = [
    ...(await explainStuck(cluster, rollout)),
    ...compared.findings,
    ...((await alsoCheck?.(rollout)) ?? []),
  ];
  const { services } = compared;
  if (found.length > 0 || !outside) return { snapshot: rollout, services, findings: found, outside: null };
  const { report, findings: foundOutside } = await outside();
  return { snapshot: rollout, services, findings: foundOutside, outside: report };
};

/** The plan that leads back: the whole release, or without a verified one the services that failed. */
const planBack = (history: ReleaseHistory, findings: readonly RolloutFinding[]): RollbackPlan => {
  const hashes = hashesOf(runningRelease(history));
  const { index } = positionOf(history.ledger, hashes);
  if (history.ledger.releases[index]?.verifiedAt !== undefined)
    throw new RollbackRefused(
      'rollback.no-target',
      'the release that runs was found good before, so what fails now lies outside it; nothing was rolled back',
    );
  if (history.ledger.releases.some(({ verifiedAt, leftAt }) => verifiedAt !== undefined && leftAt === undefined))
    return planRollback(history, {});
  const failed = [...new Set(findings.flatMap(({ service }) => service ?? []))];
  if (failed.length === 0)
    throw new RollbackRefused(
      'rollback.no-target',
      'no earlier release was ever verified here, so there is none to go back to',
    );
  return { steps: failed.flatMap((service) => planServiceRollback(history, service, undefined).steps) };
};

const goBack = async (
  cluster: RolloutCluster,
  request: VerifyRequest,
  findings: readonly RolloutFinding[],
): Promise<RollbackReport> => {
  try {
    const history = await readReleaseHistory(cluster);
    return await reportRollback(cluster, await carryOut(cluster, history, planBack(history, findings), request));
  } catch (problem) {
    if (!(problem instanceof RollbackRefused)) throw problem;
    return { outcome: 'none', sentence: problem.message, services: [], findings: [], outside: null };
  }
};

/** Verifies; findings that the release is at fault for lead to a rollback. What the cluster refuses is thrown as one sentence. */
export const verify = async (cluster: RolloutCluster, request: VerifyRequest): Promise<VerifyReport> => {
  const { snapshot, services, findings, outside } = await inspect(cluster, request);
  const isBad = findings.some(isFaultOfRelease);
  for (const { problem } of findings) request.progress(problem);
  const rollback = isBad && request.rollsBack ? await goBack(cluster, request, findings) : null;
  if (findings.length === 0) await noteGoodRelease(cluster, snapshot);
  return { environment: request.environment, context: cluster.context, services, outside, findings, rollback };
};
