/** What this checkout asks the cluster of an environment to run, and what AWS knows about it. */
import path from 'node:path';
import type { Environment } from './environment.ts';
import { currentSecrets, imageDigests } from './release/rollout/rollout-aws.ts';
import { compareSecrets } from './release/rollout/rollout-secrets.ts';
import type { Seen } from './release/rollout/rollout-wait.ts';
import { services } from './services.ts';
import { type AskedWorkload, askedWorkloads } from './workloads/asked-workloads.ts';
import { environmentValues } from './workloads/environment-values.ts';
import { imageTags, type OutputsSource, outputsFor } from './workloads/render.ts';
import { neededOutputs } from './workloads/stack-outputs.ts';
import { runsInCluster } from './workloads/workload-values.ts';

export type Asked = {
  readonly asked: AskedWorkload[];
  /** Tags of images, by service. */
  readonly tags: Readonly<Record<string, string>>;
};

/**
 * One for each service in the cluster, with the tags of bundles made now.
 * @param outputs where stack outputs come from; absent: repositories are placeholders
 */
export const askedOf = async (environment: Environment, outputs: OutputsSource): Promise<Asked> => {
  const needed = neededOutputs(services, environment.publicDoor !== undefined);
  const outputOf = await outputsFor(outputs, environment, needed);
  const tags = await imageTags(services, path.join(import.meta.dirname, '..'));
  return { asked: askedWorkloads(services, environmentValues(environment, services, tags, outputOf)), tags };
};

/** What only AWS can tell: digests behind the tags, and whether secrets were rotated since the pods were made. */
export const askAws = async (environment: Environment, tags: Readonly<Record<string, string>>) => {
  const digests = await imageDigests(environment, tags);
  const secrets = await currentSecrets(environment, services.filter(runsInCluster));
  return { digests, beside: async (seen: Seen) => compareSecrets(seen, secrets, environment.name) };
};
