/** Logs of pods as an API server gives them out. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { handledEvent, handledMessage } from '../../../services/kit/events/handled-event.ts';
import { createLogger } from '../../../services/kit/telemetry/logger.ts';
import { anEvent } from '../../../services/kit/testing/event-logs/log-fixtures.ts';
import { hangUp, listen } from '../../../services/kit/testing/loopback.ts';
import { connectCluster } from '../rollout/rollout-cluster.ts';
import { writeKubeconfig } from '../testing/kubeconfig.ts';
import { handledInPods } from './handled-events.ts';

const traceId = 'a'.repeat(32);
const pipeline = { topic: 'payment-events', to: 'order' };

let folder: string;
let server: Server;
/** What each pod of order wrote, or the status with which its log is refused. */
let logs: Record<string, string | number>;
let unready: string[];
let asked: URLSearchParams[];
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-handled-'));
  [logs, unready, asked] = [{}, [], []];
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://cluster');
    const [, pod] = /\/pods\/([^/]+)\/log$/.exec(pathname) ?? [];
    if (pod) asked.push(searchParams);
    const log = pod ? logs[pod] : JSON.stringify({ kind: 'PodList', items: Object.keys(logs).map(podNamed) });
    response.writeHead(typeof log === 'number' ? log : 200, {
      'content-type': pod && typeof log === 'string' ? 'text/plain' : 'application/json',
    });
    response.end(typeof log === 'number' ? JSON.stringify({ kind: 'Status', message: 'because' }) : log);
  });
});
afterEach(async () => {
  await hangUp(server);
  await rm(folder, { recursive: true, force: true });
});

const podNamed = (name: string) => ({
  metadata: { name, labels: { 'app.kubernetes.io/name': 'order' } },
  status: { conditions: [{ type: 'Ready', status: unready.includes(name) ? 'False' : 'True' }] },
});

/** The line as a consumer writes it. */
const lineOf = (topic: string, trace: string): string => {
  const lines: string[] = [];
  const logger = createLogger('order', 'info', { write: (line: string) => lines.push(line) });
  logger.info(
    handledEvent(topic, { ...anEvent('pay_1', 1), traceparent: `00-${trace}-${'b'.repeat(16)}-01` }),
    handledMessage,
  );
  return lines.join('');
};

const ask = async (logLevel: 'info' | 'warn' = 'info') => {
  const kubeconfig = await writeKubeconfig(folder, `http://127.0.0.1:${await listen(server)}`);
  const cluster = connectCluster({ kubeconfig, namespace: 'cloudmart' });
  return handledInPods(cluster, { name: 'production', logLevel })(pipeline, { traceId, placedAt: performance.now() });
};

test('an event of the purchase in the log of any pod is seen, and only new lines are read', async () => {
  logs = {
    'order-1': 'no JSON, though: event handled\n',
    'order-2': `{"message":"ready"}\n${lineOf('payment-events', traceId)}`,
  };
  expect(await ask()).toBe(true);
  for (const query of asked) {
    expect(query.get('container')).toBe('order');
    expect(Number(query.get('sinceSeconds'))).toBeGreaterThan(10);
  }
});

test('events of other purchases and of other topics are not taken for it', async () => {
  logs = { 'order-1': lineOf('payment-events', 'c'.repeat(32)) + lineOf('order-events', traceId) };
  expect(await ask()).toBe(false);
});

test('pods that are not ready are not asked', async () => {
  logs = { 'order-1': '', 'order-2': 400 };
  unready = ['order-2'];
  expect(await ask()).toBe(false);
  expect(asked).toHaveLength(1);
});

test('what one pod refuses does not hide what another says', async () => {
  logs = { 'order-1': 403, 'order-2': lineOf('payment-events', traceId) };
  expect(await ask()).toBe(true);
});

test('logs that may not be read are no proof of anything, and the sentence says why', async () => {
  logs = { 'order-1': 403, 'order-2': '' };
  await expect(ask()).rejects.toMatchObject({
    name: 'NotObservable',
    message: expect.stringMatching(/^the log of order cannot be read: these credentials may not .*: because/),
  });
});

test('a failure that may pass is left to whoever asks again', async () => {
  logs = { 'order-1': 500 };
  await expect(ask()).rejects.toMatchObject({ name: 'ClusterRefused', isPassing: true });
});

test.each([
  ['a consumer without pods', 'info' as const, 'order runs in no pod of'],
  ['a log level that leaves the line out', 'warn' as const, 'set logLevel to "info" in lib/environments.ts'],
])('%s cannot be observed', async (_, logLevel, reason) => {
  await expect(ask(logLevel)).rejects.toMatchObject({
    name: 'NotObservable',
    message: expect.stringContaining(reason),
  });
});
