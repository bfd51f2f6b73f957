/** The configuration of the collector, run by Prometheus itself against pages that the services' own code writes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { createMetrics } from '../../../services/kit/telemetry/metrics.ts';
import { eventually } from '../../../services/kit/testing/condition.ts';
import { ruleFile } from '../../alerts/rule.ts';
import { ruleGroups } from '../../alerts/rule-groups.ts';
import { selectorsIn } from '../../alerts/selectors.ts';
import { prometheusConfiguration } from '../../compose/shop-metrics.ts';
import { panelsOf } from '../../dashboards/dashboard.ts';
import { dashboardsOf } from '../../dashboards/dashboards.ts';
import { runProgram } from '../../run-program.ts';
import { services } from '../../services.ts';
import { partOf } from '../../testing/real-part.ts';
import { scrapeConfiguration } from './scrape-configuration.ts';

const configuration = scrapeConfiguration({ namespace: 'shop', port: 9000 }, 60);

let folder: string;
let service: Server;
let prometheus: ChildProcess;
let address: string;

const file = async (name: string, text: string) => {
  const written = path.join(folder, name);
  await writeFile(written, text);
  return written;
};

/** The configuration with targets from a file: Debian builds Prometheus without discovery in Kubernetes. */
const withoutKubernetes = () => {
  const { global, scrape_configs: jobs } = parse(configuration);
  const discovered = jobs.map(({ kubernetes_sd_configs: _discovery, ...job }: Record<string, unknown>) => ({
    ...job,
    file_sd_configs: [{ files: [path.join(folder, 'targets.json')] }],
  }));
  return { global, scrape_configs: discovered };
};

/** Labels under which discovery in Kubernetes would find a container port of a pod. */
const found = (pod: string, port: number, phase = 'Running') => ({
  targets: [`127.0.0.1:${(service.address() as AddressInfo).port}`],
  labels: {
    __meta_kubernetes_pod_name: pod,
    __meta_kubernetes_pod_container_port_number: String(port),
    __meta_kubernetes_pod_phase: phase,
  },
});

type Answer = { readonly data: { readonly result: readonly { readonly metric: Readonly<Record<string, string>> }[] } };
const ask = async (query: string) => {
  const answer = await fetch(`${address}/api/v1/query?${new URLSearchParams({ query })}`, {
    signal: AbortSignal.timeout(5_000),
  });
  return ((await answer.json()) as Answer).data.result.map(({ metric }) => metric);
};

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-prometheus-'));
  const metrics = createMetrics('order');
  metrics.collectProcess();
  service = createServer(async (_request, response) => {
    const { contentType, text } = await metrics.page();
    response.writeHead(200, { 'content-type': contentType }).end(text);
  }).listen(0, '127.0.0.1');
  await once(service, 'listening');
  // Three targets as discovery finds them: the pod, a door of the same pod, and a pod that has ended.
  const targets = [found('order-1', 9000), found('order-1', 8403), found('order-0', 9000, 'Succeeded')];
  await file('targets.json', JSON.stringify(targets));
  const config = await file('often.yaml', stringify({ ...withoutKubernetes(), global: { scrape_interval: '1s' } }));
  prometheus = spawn(
    partOf('REAL_PROMETHEUS'),
    [`--config.file=${config}`, `--storage.tsdb.path=${path.join(folder, 'data')}`, '--web.listen-address=127.0.0.1:0'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  prometheus.stderr?.on('data', (text) => {
    said += text;
  });
  address = await eventually(async () => {
    const [, host] = /Listening on.*address=(127\.0\.0\.1:\d+)/.exec(said) ?? [];
    if (host === undefined) throw new Error(`Prometheus says no address yet: ${said.slice(-500)}`);
    return `http://${host}`;
  });
  await eventually(async () => expect((await ask('up == 1')).length).toBeGreaterThan(0));
}, 60_000);

afterAll(async () => {
  prometheus?.kill('SIGKILL');
  service?.close();
  service?.closeAllConnections();
  await rm(folder, { recursive: true, force: true });
});

test('Prometheus takes the configuration of AWS and that of compose', async () => {
  // Beside it, as compose mounts it.
  await file('alerts.yaml', stringify(ruleFile(ruleGroups(services)), { aliasDuplicateObjects: false }));
  const files = [
    await file('aws.yaml', stringify(withoutKubernetes())),
    await file('compose.yaml', stringify(prometheusConfiguration(services))),
  ];
  const { code, output } = await runProgram(partOf('REAL_PROMTOOL'), ['check', 'config', ...files]);
  expect([code, output]).toEqual([0, expect.stringContaining('SUCCESS')]);
});

test('only the port for probes of a running pod is read, once', async () => {
  expect((await ask('up')).map(({ pod, job }) => [pod, job])).toEqual([['order-1', 'services']]);
});

test('a metric keeps the name of its service, and gets that of its pod', async () => {
  const [metric] = await ask('process_resident_memory_bytes');
  expect(metric).toMatchObject({ service: 'order', pod: 'order-1' });
  expect(metric).not.toHaveProperty('exported_service');
});

test('what is dropped is what no panel asks for', async () => {
  expect(await ask('{__name__=~"nodejs_heap_space_.*|nodejs_gc_duration_seconds_bucket|nodejs_active_.*"}')).toEqual(
    [],
  );
  const { scrape_configs: jobs } = parse(configuration);
  const dropped = new RegExp(`^(${jobs[0].metric_relabel_configs[0].regex})$`);
  const asked = dashboardsOf(services)
    .flatMap(panelsOf)
    .flatMap(({ queries }) => queries.flatMap(({ expression }) => selectorsIn(expression)));
  expect(asked.length).toBeGreaterThan(100);
  expect(asked.filter(({ metric }) => dropped.test(metric))).toEqual([]);
});
