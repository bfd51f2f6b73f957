/**
 * Production on simulated nodes, one per zone: real controllers and a real scheduler, but no kubelet, so no container starts.
 * What images do is proved elsewhere; here it is what the cluster does with the objects.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runsInCluster } from '../../services/kit/manifest.ts';
import { workloadNamespace } from '../names.ts';
import { services } from '../services.ts';
import { type RealCluster, startCluster } from './testing/real-cluster.ts';
import { renderedVariants } from './testing/rendered-variants.ts';
import { writeFiles } from './write-files.ts';

const names = services.filter(runsInCluster).map(({ name }) => name);
const files = renderedVariants.find(({ name }) => name === 'production, filled')?.files as ReadonlyMap<string, string>;
/** Smallest number of pods in production, one for each simulated zone. */
const floor = 3;

let cluster: RealCluster;
let folder: string;
const kubectl = async (...parameters: string[]) => cluster.kubectl(['--namespace', workloadNamespace, ...parameters]);
const succeeds = async (...parameters: string[]) => {
  const { code, output } = await kubectl(...parameters);
  if (code !== 0) throw new Error(`kubectl ${parameters.join(' ')}: ${output}`);
  return output;
};
const rolledOut = async (name: string) => {
  await succeeds('rollout', 'status', `deployment/${name}`, '--timeout=90s');
  await succeeds('wait', `--for=jsonpath={.status.readyReplicas}=${floor}`, `deployment/${name}`, '--timeout=90s');
};
const nodesOf = async (name: string) =>
  (await succeeds('get', 'pods', '-l', `app.kubernetes.io/name=${name}`, '-o', 'jsonpath={.items[*].spec.nodeName}'))
    .split(' ')
    .sort();
const drain = (node: string, timeout: string) =>
  kubectl('drain', node, '--ignore-daemonsets', '--delete-emptydir-data', '--grace-period=1', `--timeout=${timeout}`);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-rollout-'));
  cluster = await startCluster('full');
  await writeFiles(files, folder, 'production');
  const { code, output } = await cluster.kubectl([
    'apply',
    '--server-side',
    '--validate=strict',
    '--warnings-as-errors',
    '-k',
    folder,
  ]);
  if (code !== 0) throw new Error(output);
});
afterAll(async () => {
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe.each(names)('%s', (name) => {
  test('rolls out, and its autoscaler holds the floor', async () => {
    await rolledOut(name);
    expect(await succeeds('get', 'hpa', name, '-o', 'jsonpath={.spec.minReplicas}')).toBe(String(floor));
  });

  test('has a pod in every zone', async () => {
    await rolledOut(name);
    expect(await nodesOf(name)).toEqual(['sim-1', 'sim-2', 'sim-3']);
  });

  test('has all its pods behind each of its Services', async () => {
    await rolledOut(name);
    const doors = (await succeeds('get', 'services', '-l', `app.kubernetes.io/name=${name}`, '-o', 'name'))
      .trim()
      .split('\n');
    for (const door of doors) {
      const slice = ['endpointslices', '-l', `kubernetes.io/service-name=${door.replace('service/', '')}`];
      const addresses = await succeeds('get', ...slice, '-o', 'jsonpath={.items[*].endpoints[*].addresses[*]}');
      expect(addresses.split(' ')).toHaveLength(floor);
    }
  });
});

test('applying again leaves the number of pods to the autoscaler', async () => {
  await rolledOut('order');
  await cluster.kubectl(['apply', '--server-side', '-k', folder]);
  expect(await succeeds('get', 'deployment', 'order', '-o', 'jsonpath={.spec.replicas}')).toBe(String(floor));
});

test('changed static configuration rolls the pods', async () => {
  await rolledOut('order');
  const before = await succeeds('get', 'replicasets', '-l', 'app.kubernetes.io/name=order', '-o', 'name');
  const annotation = '{"spec":{"template":{"metadata":{"annotations":{"checksum/configuration":"0000000000000000"}}}}}';
  await succeeds('patch', 'deployment', 'order', '--patch', annotation);
  await rolledOut('order');
  const after = await succeeds('get', 'replicasets', '-l', 'app.kubernetes.io/name=order', '-o', 'name');
  expect(after.trim().split('\n').length).toBe(before.trim().split('\n').length + 1);
});

test('a node drains while others take its pods, and a second drain waits for the disruption budgets', async () => {
  await Promise.all(names.map(rolledOut));
  for (const node of ['sim-2', 'sim-3']) await succeeds('cordon', node);
  // Its pods have nowhere to go now, so each service has spent its one disruption.
  expect((await drain('sim-1', '90s')).code).toBe(0);
  const refused = await drain('sim-2', '10s');
  expect(refused.output).toContain("would violate the pod's disruption budget");
  expect(refused.code).not.toBe(0);
  expect((await nodesOf('order')).filter((node) => node === 'sim-2' || node === 'sim-3')).toHaveLength(2);
  await succeeds('uncordon', 'sim-1');
  expect((await drain('sim-2', '90s')).code).toBe(0);
  await Promise.all(names.map(rolledOut));
});

test('a pod that breaks the restricted policy is never made, and the old pods stay', async () => {
  await rolledOut('cart');
  const escalating =
    '{"spec":{"template":{"spec":{"containers":[{"name":"cart","securityContext":{"allowPrivilegeEscalation":true}}]}}}}';
  await succeeds('patch', 'deployment', 'cart', '--patch', escalating);
  await succeeds('wait', '--for=condition=ReplicaFailure', 'deployment/cart', '--timeout=60s');
  const why = await succeeds(
    'get',
    'deployment',
    'cart',
    '-o',
    'jsonpath={.status.conditions[?(@.type=="ReplicaFailure")].message}',
  );
  expect(why).toMatch(/violates PodSecurity "restricted:latest".*allowPrivilegeEscalation/);
  expect(await succeeds('get', 'deployment', 'cart', '-o', 'jsonpath={.status.readyReplicas}')).toBe(String(floor));
});
