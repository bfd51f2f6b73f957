/** A Kubernetes control plane of its own for one test file; with `full` its controllers, scheduler and simulated nodes too. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ProgramRun, runProgram } from '../../run-program.ts';
import { partOf } from '../../testing/real-part.ts';

export type RealCluster = {
  /** File with its address and credentials. */
  readonly kubeconfig: string;
  /** Runs kubectl; a failed command is a result, not an error. */
  kubectl(parameters: readonly string[], input?: string): Promise<ProgramRun>;
  stop(): Promise<void>;
};

/**
 * Starts a cluster, or uses the one that REAL_KUBECONFIG names and leaves it running.
 * @param stages file of kwok stages: what becomes of simulated pods; default that all are ready at once
 */
export const startCluster = async (mode: 'start' | 'full', stages?: string): Promise<RealCluster> => {
  const foreign = process.env['REAL_KUBECONFIG'];
  const folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-cluster-'));
  const environment = {
    KUBE_RUN: folder,
    KUBE_KCM_ARGS: '--horizontal-pod-autoscaler-sync-period=2s',
    KUBECONFIG: foreign ?? path.join(folder, 'kubeconfig'),
    ...(stages !== undefined && { KWOK_STAGES: stages }),
  };
  const script = (word: string) => runProgram(partOf('REAL_CLUSTER_SCRIPT'), [word], { environment });
  const stop = async () => {
    if (!foreign) await script('reset');
    await rm(folder, { recursive: true, force: true });
  };
  if (!foreign) {
    const started = await script(mode);
    if (started.code !== 0) {
      await stop();
      throw new Error(`the cluster did not start: ${started.output}`);
    }
  }
  const program = path.join(partOf('REAL_CLUSTER_BIN'), 'kubectl');
  return {
    kubeconfig: environment.KUBECONFIG,
    kubectl: (parameters, input) =>
      runProgram(program, ['--cache-dir', path.join(folder, 'cache'), ...parameters], { environment, input }),
    stop,
  };
};
