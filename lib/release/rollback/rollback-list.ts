/** What can be gone back to. */

import type { RolloutCluster } from '../rollout/rollout-cluster.ts';
import { type Release, readLedger } from '../rollout/rollout-ledger.ts';
import { look } from '../rollout/rollout-wait.ts';
import { currentRevision, type Revision, revisionsOf, tagOf } from '../rollout/rollout-workload.ts';
import { RollbackRefused } from './rollback-target.ts';

export type RevisionList = {
  readonly environment: string;
  readonly releases: readonly Release[];
  readonly revisions: readonly (Revision & { readonly isRunning: boolean })[];
  /** The same for people. */
  readonly lines: readonly string[];
};

const stateOf = ({ verifiedAt, leftAt }: Release) =>
  leftAt !== undefined ? `left ${leftAt}` : verifiedAt !== undefined ? `verified ${verifiedAt}` : 'never verified';

/** Releases and revisions, the newest first; of one service or of all. Reads only. */
export const listRevisions = async (
  cluster: RolloutCluster,
  environment: string,
  service: string | undefined,
): Promise<RevisionList> => {
  const { deployments, replicaSets } = await look(cluster);
  if (service !== undefined && !deployments.has(service))
    throw new RollbackRefused(
      'rollback.unknown-target',
      `there is no Deployment ${service}; known are ${[...deployments.keys()].sort().join(', ') || 'none'}`,
    );
  const { releases } = await readLedger(cluster);
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
