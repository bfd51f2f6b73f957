/** What the cluster holds of the running and of earlier releases: read once per command and handed on. */
import type { V1Deployment, V1Pod, V1ReplicaSet } from '@kubernetes/client-node';
import type { RolloutCluster } from './rollout-cluster.ts';
import { type Ledger, readLedger } from './rollout-ledger.ts';

/** Everything that roll-outs consist of, at one moment. */
export type Snapshot = {
  readonly deployments: ReadonlyMap<string, V1Deployment>;
  readonly replicaSets: readonly V1ReplicaSet[];
  readonly pods: readonly V1Pod[];
};

export type ReleaseHistory = Snapshot & { readonly ledger: Ledger };

export const snapshotOf = async (cluster: RolloutCluster): Promise<Snapshot> => {
  const [deployments, replicaSets, pods] = await Promise.all([
    cluster.deployments(),
    cluster.replicaSets(),
    cluster.pods(),
  ]);
  return { deployments, replicaSets, pods };
};

export const readReleaseHistory = async (cluster: RolloutCluster): Promise<ReleaseHistory> => {
  const [snapshot, ledger] = await Promise.all([snapshotOf(cluster), readLedger(cluster)]);
  return { ...snapshot, ledger };
};
