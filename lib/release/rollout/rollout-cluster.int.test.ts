/** Clusters that are not there, do not answer, or do not want us: one sentence each, in time. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { closedPort, hangUp, listen } from '../../../services/kit/testing/loopback.ts';
import { writeKubeconfig } from '../testing/kubeconfig.ts';
import { connectCluster } from './rollout-cluster.ts';
import { ClusterRefused } from './rollout-cluster-failure.ts';

let folder: string;
const servers: Server[] = [];
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-cluster-'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) await hangUp(server);
  await rm(folder, { recursive: true, force: true });
});

const open = (server: Server): Promise<number> => {
  servers.push(server);
  return listen(server);
};

const kubeconfigFor = (server: string) => writeKubeconfig(folder, server, 'a-token-that-nobody-may-see');

const failureOf = async (work: () => Promise<unknown> | unknown): Promise<ClusterRefused> => {
  try {
    await work();
  } catch (problem) {
    expect(problem).toBeInstanceOf(ClusterRefused);
    expect((problem as Error).message).not.toContain('a-token-that-nobody-may-see');
    return problem as ClusterRefused;
  }
  throw new Error('the cluster answered');
};

const asking = (kubeconfig: string, callTimeoutMs = 60_000) =>
  connectCluster({ kubeconfig, namespace: 'cloudmart', callTimeoutMs }).deployments();

test('a cluster that is not there', async () => {
  const { code, message, isPassing } = await failureOf(async () =>
    asking(await kubeconfigFor(`http://127.0.0.1:${closedPort}`)),
  );
  expect(code).toBe('cluster.unreachable');
  expect(message).toBe(
    `no cluster answers at http://127.0.0.1:${closedPort} (ECONNREFUSED); check the network, the VPN and the context`,
  );
  expect(isPassing).toBe(true);
});

test('a cluster that takes the call and says nothing', async () => {
  const port = await open(createServer(() => {}));
  const { code, message } = await failureOf(async () => asking(await kubeconfigFor(`http://127.0.0.1:${port}`), 300));
  expect(code).toBe('cluster.slow');
  expect(message).toContain('did not list deployments within 0.3 s');
});

test.each<[number, string, string, boolean]>([
  [401, 'cluster.unauthenticated', 'does not know these credentials; sign in again', false],
  [403, 'cluster.forbidden', 'these credentials may not list deployments: because', false],
  [429, 'cluster.failed', 'failed to list deployments (429: because)', true],
  [500, 'cluster.failed', 'failed to list deployments (500: because)', true],
  [422, 'cluster.refused', 'refused to list deployments (422: because)', false],
])('a cluster that answers %d', async (status, expected, sentence, passes) => {
  const server = createServer((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', message: 'because' }));
  });
  const port = await open(server);
  const { code, message, isPassing } = await failureOf(async () =>
    asking(await kubeconfigFor(`http://127.0.0.1:${port}`)),
  );
  expect([code, isPassing]).toEqual([expected, passes]);
  expect(message).toContain(sentence);
});

test('a file that is not there, and one that is no kubeconfig', async () => {
  const missing = await failureOf(() =>
    connectCluster({ kubeconfig: path.join(folder, 'none'), namespace: 'cloudmart' }),
  );
  expect([missing.code, missing.message]).toEqual([
    'cluster.no-kubeconfig',
    expect.stringContaining('cannot be used as a kubeconfig (ENOENT)'),
  ]);
  const file = path.join(folder, 'text');
  await writeFile(file, 'not: [a kubeconfig');
  expect((await failureOf(() => connectCluster({ kubeconfig: file, namespace: 'cloudmart' }))).code).toBe(
    'cluster.no-kubeconfig',
  );
});

test('a context that the file does not have', async () => {
  const kubeconfig = await kubeconfigFor('http://127.0.0.1:1');
  const { code, message } = await failureOf(() =>
    connectCluster({ kubeconfig, context: 'prod', namespace: 'cloudmart' }),
  );
  expect(code).toBe('cluster.no-context');
  expect(message).toContain('has no context "prod", only shop; choose one with --context');
});

test('Ctrl-C ends a call that waits', async () => {
  const port = await open(createServer(() => {}));
  const stop = new AbortController();
  const kubeconfig = await kubeconfigFor(`http://127.0.0.1:${port}`);
  const call = connectCluster({ kubeconfig, namespace: 'cloudmart', signal: stop.signal }).deployments();
  stop.abort(new Error('interrupted'));
  await expect(call).rejects.toThrow('interrupted');
});
