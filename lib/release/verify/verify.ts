/** `cloudmart verify`: whether the release that was asked for runs, serves customers, and moves its events; if not, back. */
import { carryOut, planRollback } from '../rollback/rollback.ts';
import { noteGoodRelease, type RollbackReport, reportRollback } from '../rollback/rollback-report.ts';
import { type Plan, planService, RollbackRefused, runningRelease } from '../rollback/rollback-target.ts';
import type { RolloutCluster } from '../rollout/rollout-cluster.ts';
import { isFaultOfRelease, type RolloutFinding } from '../rollout/rollout-finding.ts';
import { hashesOf, positionOf, readLedger } from '../rollout/rollout-ledger.ts';
import type { PodReport } from '../rollout/rollout-pods.ts';
import { look, type Seen, type WaitOptions, waitForRollouts } from '../rollout/rollout-wait.ts';
import { type AskedWorkload, compareDeployments, compareServices, explainStuck } from './verify-cluster.ts';
import type { OutsideReport, OutsideVerdict } from './verify-outside.ts';

export type VerifyRequest = WaitOptions & {
  readonly environment: string;
  readonly asked: readonly AskedWorkload[];
  /** What the cluster cannot know, such as whether secrets were rotated since; undefined: it is left out on purpose. */
  readonly beside?: ((seen: Seen) => Promise<RolloutFinding[]>) | undefined;
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
  const { asked, beside, outside, progress } = request;
  progress(`comparing ${asked.length} Deployments of ${cluster.context} with this checkout`);
  const findings = compareDeployments(await look(cluster), asked, request.environment, cluster.context);
  if (findings.length > 0) return { services: [], findings, outside: null };
  const waited = await waitForRollouts(
    cluster,
    asked.map(({ service }) => service),
    request,
  );
  const compared = await compareServices(
    cluster,
    waited,
    asked.filter(({ service }) => !waited.stuck.has(service)),
  );
  const found = [
    ...(await explainStuck(cluster, waited, waited.stuck)),
    ...compared.findings,
    ...((await beside?.(waited)) ?? []),
  ];
  if (found.length > 0 || !outside) return { services: compared.services, findings: found, outside: null };
  const { report, findings: seen } = await outside();
  return { services: compared.services, findings: seen, outside: report };
};

/** The plan that leads back: the whole release, or without a verified one the services that failed. */
const planBack = async (cluster: RolloutCluster, findings: readonly RolloutFinding[]): Promise<Plan> => {
  const history = { ...(await look(cluster)), ledger: await readLedger(cluster) };
  const hashes = hashesOf(runningRelease(history));
  const { index } = positionOf(history.ledger, hashes);
  if (history.ledger.releases[index]?.verifiedAt !== undefined)
    throw new RollbackRefused(
      'rollback.no-target',
      'the release that runs was found good before, so what fails now lies outside it; nothing was rolled back',
    );
  if (history.ledger.releases.some(({ verifiedAt, leftAt }) => verifiedAt !== undefined && leftAt === undefined))
    return planRollback(cluster, {});
  const failed = [...new Set(findings.flatMap(({ service }) => service ?? []))];
  if (failed.length === 0)
    throw new RollbackRefused(
      'rollback.no-target',
      'no earlier release was ever verified here, so there is none to go back to',
    );
  return { steps: failed.flatMap((service) => planService(history, service, undefined).steps) };
};

const goBack = async (
  cluster: RolloutCluster,
  request: VerifyRequest,
  findings: readonly RolloutFinding[],
): Promise<RollbackReport> => {
  try {
    return await reportRollback(cluster, await carryOut(cluster, await planBack(cluster, findings), request));
  } catch (problem) {
    if (!(problem instanceof RollbackRefused)) throw problem;
    return { outcome: 'none', sentence: problem.message, services: [], findings: [], outside: null };
  }
};

/** Verifies; findings that the release is at fault for lead to a rollback. What the cluster refuses is thrown as one sentence. */
export const verify = async (cluster: RolloutCluster, request: VerifyRequest): Promise<VerifyReport> => {
  const { services, findings, outside } = await inspect(cluster, request);
  const isBad = findings.some(isFaultOfRelease);
  for (const { problem } of findings) request.progress(problem);
  const rollback = isBad && request.rollsBack ? await goBack(cluster, request, findings) : null;
  if (findings.length === 0) await noteGoodRelease(cluster);
  return { environment: request.environment, context: cluster.context, services, outside, findings, rollback };
};
