/** The verification of this checkout: what it asks a cluster to run, and what AWS knows about that. */

import { runsInCluster } from '../../../services/kit/manifest.ts';
import { root } from '../../checkout.ts';
import type { Environment } from '../../environment/environment.ts';
import { neededOutputs } from '../../outputs/stack-outputs.ts';
import { services } from '../../services.ts';
import { environmentValues } from '../../workloads/environment-values.ts';
import { imageTags, type OutputsSource, outputsFor } from '../../workloads/render.ts';
import type { Snapshot } from '../rollout/release-history.ts';
import { compareSecrets } from '../rollout/restart-rotated.ts';
import { currentSecrets, imageDigests } from '../rollout/rollout-aws.ts';
import { expectedWorkloads } from './expected-workloads.ts';
import type { Session } from './session.ts';
import { type VerifyReport, verify } from './verify.ts';

export type PlatformVerify = {
  /** Where stack outputs come from; absent: repositories of images are not compared. */
  readonly outputs: OutputsSource;
  /** Whether AWS is asked what only it can tell: digests behind the tags, and secrets rotated since the pods were made. */
  readonly asksAws: boolean;
  /** Whether a release that is found bad is rolled back. */
  readonly rollsBack: boolean;
};

const askAws = async (environment: Environment, tags: Readonly<Record<string, string>>) => {
  const digests = await imageDigests(environment, tags);
  const secrets = await currentSecrets(environment, services.filter(runsInCluster));
  return { digests, alsoCheck: async (snapshot: Snapshot) => compareSecrets(snapshot, secrets, environment.name) };
};

/** Compares every service in the cluster with bundles made now, and tries the shop from outside where the session does. */
export const verifyPlatform = async (
  environment: Environment,
  { cluster, wait, outside }: Session,
  { outputs, asksAws, rollsBack }: PlatformVerify,
): Promise<VerifyReport> => {
  const outputOf = await outputsFor(outputs, environment, neededOutputs(services, environment));
  wait.progress('bundling the services for their tags');
  const tags = await imageTags(services, root);
  const expected = expectedWorkloads(services, environmentValues(environment, services, tags, outputOf));
  if (asksAws) wait.progress(`asking AWS in ${environment.region} for digests of images and versions of secrets`);
  const aws = asksAws ? await askAws(environment, tags) : undefined;
  return verify(cluster, {
    ...wait,
    environment: environment.name,
    expected: expected.map((workload) => ({ ...workload, digest: aws?.digests[workload.service] })),
    alsoCheck: aws?.alsoCheck,
    outside,
    rollsBack,
  });
};

/** What the chat reads about a release that failed. */
export const chatMessageOf = ({ environment, findings, rollback }: VerifyReport): string =>
  [
    `${environment}: the release failed its verification. ${findings[0]?.problem}`,
    findings.length > 1 ? ` And ${findings.length - 1} more findings.` : '',
    rollback ? ` Rollback ${rollback.outcome}: ${rollback.sentence}.` : ' It was not rolled back.',
  ].join('');
