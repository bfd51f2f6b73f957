/**
 * Releases, good and bad, on a real API server with real controllers and simulated nodes. No container starts there; a broken
 * process is played by pods that crash as Kubernetes reports it.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { V1Pod } from '@kubernetes/client-node';
import { root } from '../../checkout.ts';
import { workloadNamespace } from '../../names.ts';
import { services } from '../../services.ts';
import { partOf } from '../../testing/real-part.ts';
import { imageTags } from '../../workloads/render.ts';
import { type RealCluster, startCluster } from '../../workloads/testing/real-cluster.ts';
import { type RollbackReport, rollBack } from '../rollback/rollback.ts';
import { snapshotOf } from '../rollout/release-history.ts';
import { restartOutdated } from '../rollout/restart-rotated.ts';
import type { CurrentSecret } from '../rollout/rollout-aws.ts';
import { connectCluster, type RolloutCluster } from '../rollout/rollout-cluster.ts';
import { applyRelease, expectedOf, inCluster, type TestRelease } from '../testing/releases.ts';
import { writeStages } from '../testing/simulated-failures.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../testing/webhook-receiver.ts';
import { type VerifyReport, verify } from './verify.ts';

/** Smallest number of pods in production. */
const floor = 3;
const good: TestRelease = { tags: 'a'.repeat(64) };
const quicker: TestRelease = { ...good, configuration: { order: { SWEEP_AFTER_SECONDS: '45' } } };
/** Stands for a value that the process refuses: its pods crash. */
const refused: TestRelease = { ...good, configuration: { order: { SWEEP_AFTER_SECONDS: '99999999' } } };
let broken: TestRelease;

let folder: string;
let real: RealCluster;
let cluster: RolloutCluster;
let chat: WebhookReceiver;
const lines: string[] = [];

const ask = {
  deadlineSeconds: 240,
  signal: new AbortController().signal,
  progress: (line: string) => lines.push(line),
};
const inspect = (release: TestRelease, more: { rollsBack?: boolean; deadlineSeconds?: number } = {}) =>
  verify(cluster, {
    ...ask,
    environment: 'production',
    expected: expectedOf(release),
    outside: undefined,
    rollsBack: true,
    ...more,
  });
const back = (service?: string, to?: string): Promise<RollbackReport> =>
  rollBack(cluster, {
    ...ask,
    environment: 'production',
    service,
    to,
    outside: undefined,
    tell: async (text) => {
      lines.push(text);
    },
  });

/** The command in a process of its own, as an operator runs it. */
const cloudmart = (...parameters: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const common = ['--environment', 'production', '--no-outside', '--kubeconfig', real.kubeconfig, '--json'];
    execFile(
      process.execPath,
      [path.join(root, 'bin/cloudmart.ts'), ...parameters, ...common],
      { env: { ...process.env, CLOUDMART_CHAT_WEBHOOK: chat.url } },
      (problem, stdout, stderr) => resolve({ code: problem ? Number(problem.code) : 0, stdout, stderr }),
    );
  });

const podsOf = async (service: string): Promise<V1Pod[]> =>
  (await cluster.pods()).filter(
    ({ metadata }) => metadata?.labels?.['app.kubernetes.io/name'] === service && !metadata.deletionTimestamp,
  );
const namesOf = async (service: string) => (await podsOf(service)).map(({ metadata }) => metadata?.name).sort();
const imageOf = async (service: string) =>
  (await cluster.deployments()).get(service)?.spec?.template.spec?.containers[0]?.image;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-verify-'));
  const tags = await imageTags(services, root);
  broken = {
    tags: { ...Object.fromEntries(inCluster.map((name) => [name, 'a'.repeat(64)])), order: tags['order'] ?? '' },
  };
  const crashing = (release: TestRelease) => expectedOf(release).find(({ service }) => service === 'order');
  const stages = await writeStages(path.join(partOf('REAL_CLUSTER_BIN'), 'kwok-stages.yaml'), folder, {
    images: [crashing(broken)?.image ?? ''],
    configurations: [crashing(refused)?.configuration ?? ''],
    secrets: ['CALL_SECRET_ORDER_TO_PAYMENT=unusable'],
  });
  real = await startCluster('full', stages);
  cluster = connectCluster({ kubeconfig: real.kubeconfig, namespace: workloadNamespace });
  await applyRelease(real, good);
});
afterAll(async () => {
  await real?.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  lines.length = 0;
});

test('a release that rolls out is good, and is noted as one to go back to', async () => {
  const report = await inspect(good);
  expect(report.findings).toEqual([]);
  expect(report.services.map(({ service, pods }) => [service, pods])).toEqual(inCluster.map((name) => [name, floor]));
  expect((await cluster.configMap('cloudmart-releases'))?.data?.['releases.json']).toContain('"verifiedAt"');
});

test('pods of another checkout are not judged, and nothing is rolled back', async () => {
  const report = await inspect(quicker);
  expect(report.findings.map(({ code, service }) => [code, service])).toEqual([['deployment-differs', 'order']]);
  expect(report.rollback).toBeNull();
});

test('a release whose pods never become ready is rolled back by the command, the old pods serve on, and the chat hears once', async () => {
  chat = await startWebhookReceiver();
  try {
    const before = await namesOf('order');
    const tags = await imageTags(services, root);
    await applyRelease(real, { tags });
    const { code, stdout, stderr } = await cloudmart('verify', '--no-aws', '--deadline', '300');
    expect(stderr).toContain('CrashLoopBackOff');
    const report = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as VerifyReport;
    expect(code).toBe(1);
    expect(report.findings).toEqual([
      expect.objectContaining({
        code: 'rollout-stuck',
        service: 'order',
        pod: expect.stringMatching(/^order-/),
        problem: expect.stringContaining('CrashLoopBackOff: back-off 40s restarting failed container'),
      }),
    ]);
    expect(report.rollback?.outcome).toBe('done');
    expect(await namesOf('order')).toEqual(before);
    for (const service of inCluster) expect(await imageOf(service)).toMatch(/:a{64}$/);
    expect(chat.messages).toHaveLength(1);
    expect(chat.messages[0]).toMatch(/^production: the release failed .* order .*CrashLoopBackOff.* Rollback done/);
    expect(stderr + stdout).not.toContain('very-secret-path');
  } finally {
    await chat.close();
  }
});

test('going back twice goes back once', async () => {
  const report = await back();
  expect(report.outcome).toBe('none');
  expect(report.sentence).toContain('rolled back to already');
});

test('a changed value of the configuration leads to new pods with the new value, and old ones serve until those are ready', async () => {
  await applyRelease(real, good);
  expect((await inspect(good)).findings).toEqual([]);
  const before = await namesOf('order');
  await applyRelease(real, quicker);
  let least = floor;
  const watching = setInterval(async () => {
    const available = (await cluster.deployments()).get('order')?.status?.availableReplicas ?? 0;
    least = Math.min(least, available);
  }, 200);
  const report = await inspect(quicker).finally(() => clearInterval(watching));
  expect(report.findings).toEqual([]);
  expect(least).toBe(floor);
  const after = await podsOf('order');
  expect(after).toHaveLength(floor);
  expect(after.filter(({ metadata }) => before.includes(metadata?.name))).toEqual([]);
  for (const { spec } of after) {
    const name = spec?.containers[0]?.envFrom?.[0]?.configMapRef?.name ?? '';
    expect((await cluster.configMap(name))?.data?.['SWEEP_AFTER_SECONDS']).toBe('45');
  }
});

test('a configuration that the process refuses never takes the place of the old pods, and what they read stays', async () => {
  const before = await podsOf('order');
  await applyRelease(real, refused);
  const report = await inspect(refused);
  expect(report.findings.map(({ code, service }) => [code, service])).toEqual([['rollout-stuck', 'order']]);
  expect(report.rollback?.outcome).toBe('done');
  expect(await namesOf('order')).toEqual(before.map(({ metadata }) => metadata?.name).sort());
  const name = before[0]?.spec?.containers[0]?.envFrom?.[0]?.configMapRef?.name ?? '';
  expect((await cluster.configMap(name))?.data?.['SWEEP_AFTER_SECONDS']).toBe('45');
});

test('a pod whose node runs other bytes under the same tag is named', async () => {
  const pods = await podsOf('cart');
  const id = (digit: string) => `registry.example/cloudmart-production/cart@sha256:${digit.repeat(64)}`;
  for (const [index, { metadata, status }] of pods.entries()) {
    const [container] = status?.containerStatuses ?? [];
    const containerStatuses = [{ ...container, imageID: id(index === 0 ? 'e' : 'd') }];
    const patch = ['patch', 'pod', metadata?.name ?? '', '--subresource=status', '--type=merge', '-p'];
    const body = JSON.stringify({ status: { containerStatuses } });
    expect((await real.kubectl(['-n', workloadNamespace, ...patch, body])).code).toBe(0);
  }
  const report = await inspect(quicker, { rollsBack: false });
  expect(report.findings.map(({ code, pod }) => [code, pod])).toEqual([
    ['pod-digest-differs', pods[0]?.metadata?.name],
  ]);
  expect(report.rollback).toBeNull();
});

test('one service goes back to a revision by number or tag, and again to the same', async () => {
  await applyRelease(real, good);
  expect((await inspect(good, { rollsBack: false })).findings.map(({ code }) => code)).toEqual(['pod-digest-differs']);
  const { code, stdout } = await cloudmart('rollback', 'order', '--list');
  expect(code).toBe(0);
  const list = JSON.parse(stdout) as { revisions: { revision: number; configuration: string; isRunning: boolean }[] };
  const wanted = expectedOf(quicker).find(({ service }) => service === 'order')?.configuration;
  const target = list.revisions.find(({ configuration }) => configuration === wanted);
  expect(list.revisions.filter(({ isRunning }) => isRunning)).toHaveLength(1);
  const report = await back('order', String(target?.revision));
  expect([report.outcome, report.findings]).toEqual(['done', []]);
  const template = (await cluster.deployments()).get('order')?.spec?.template;
  expect(template?.metadata?.annotations?.['checksum/configuration']).toBe(wanted);
  expect(template?.spec?.containers[0]?.lifecycle?.preStop?.sleep?.seconds).toBe(10);
  expect((await back('order', String(target?.revision))).outcome).toBe('none');
  expect((await back('order')).sentence).toContain('rolled back to already');
  await expect(back('order', '77')).rejects.toThrow(/order has no one revision "77"/);
});

/** The secrets of one service as Secrets Manager tells them. */
const secretsOf = (service: string, version: string): ReadonlyMap<string, readonly CurrentSecret[]> =>
  new Map([[service, [{ key: 'CALL_SECRET_ORDER_TO_PAYMENT', version, changedAt: new Date() }]]]);

test('a rotated secret leads to new pods for its new version, once, and to a release that a later deployment keeps', async () => {
  const before = await namesOf('payment');
  const report = await restartOutdated(cluster, await snapshotOf(cluster), secretsOf('payment', 'version-2'), ask);
  expect([report.restarted, report.findings]).toEqual([['payment'], []]);
  const pods = await podsOf('payment');
  expect(pods).toHaveLength(floor);
  expect(pods.filter(({ metadata }) => before.includes(metadata?.name))).toEqual([]);
  for (const { metadata } of pods)
    expect(metadata?.annotations?.['cloudmart/secret-versions']).toBe('CALL_SECRET_ORDER_TO_PAYMENT=version-2');
  const names = await namesOf('payment');
  expect(
    (await restartOutdated(cluster, await snapshotOf(cluster), secretsOf('payment', 'version-2'), ask)).restarted,
  ).toEqual([]);
  await applyRelease(real, good);
  expect((await inspect(good, { rollsBack: false })).services.find(({ service }) => service === 'payment')?.pods).toBe(
    floor,
  );
  expect(await namesOf('payment')).toEqual(names);
});

test('a version that the process cannot use leaves the old pods and the old version', async () => {
  const before = await namesOf('payment');
  const report = await restartOutdated(cluster, await snapshotOf(cluster), secretsOf('payment', 'unusable'), ask);
  expect(report.findings).toEqual([
    expect.objectContaining({ code: 'rollout-stuck', problem: expect.stringContaining('CrashLoopBackOff') }),
  ]);
  expect(report.rollback?.outcome).toBe('done');
  expect(await namesOf('payment')).toEqual(before);
  const template = (await cluster.deployments()).get('payment')?.spec?.template;
  expect(template?.metadata?.annotations?.['cloudmart/secret-versions']).toBe('CALL_SECRET_ORDER_TO_PAYMENT=version-2');
});

test('the rights that are missing are named', async () => {
  const kubeconfig = path.join(path.dirname(real.kubeconfig), 'sched.conf');
  const scheduler = connectCluster({ kubeconfig, namespace: workloadNamespace });
  await expect(scheduler.deployments()).rejects.toThrow(/these credentials may not list deployments: .*forbidden/);
});
