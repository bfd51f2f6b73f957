/** Every query of every dashboard, asked of Prometheus itself while it scrapes a shop that sells. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { createShopClient } from '../../services/contracts/http/client.ts';
import { runsInCluster } from '../../services/kit/manifest.ts';
import { eventually } from '../../services/kit/testing/condition.ts';
import { type RunningPlatform, startPlatform } from '../../services/kit/testing/running-platform.ts';
import { ruleFile } from '../alerts/rule.ts';
import { ruleGroups } from '../alerts/rule-groups.ts';
import { selectorsIn } from '../alerts/selectors.ts';
import { services } from '../services.ts';
import { buySomething } from '../shop/purchase.ts';
import { partOf } from '../testing/real-part.ts';
import { panelsOf } from './dashboard.ts';
import { dashboardsOf } from './dashboards.ts';
import { RATE_WINDOW } from './promql.ts';
import { silentUntil } from './testing/silent-until.ts';

let platform: RunningPlatform;
let folder: string;
let prometheus: ChildProcess;
let address: string;

/** What Prometheus answers; throws what it says of a query that it cannot read. */
const ask = async (query: string): Promise<readonly { readonly value: readonly [number, string] }[]> => {
  const answer = await fetch(`${address}/api/v1/query?${new URLSearchParams({ query })}`, {
    signal: AbortSignal.timeout(30_000),
  });
  const { status, error, data } = (await answer.json()) as { status: string; error: string; data: { result: [] } };
  if (status !== 'success') throw new Error(`${query}: ${error}`);
  return data.result;
};

/** As compose has it, but for places and pace. */
const configuration = () => ({
  global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
  rule_files: ['rules.yaml'],
  scrape_configs: [
    {
      job_name: 'services',
      static_configs: [
        { targets: services.filter(runsInCluster).map(({ name }) => new URL(platform.urls[name] ?? '').host) },
      ],
    },
  ],
});

beforeAll(async () => {
  platform = await startPlatform();
  folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-dashboards-'));
  const { groups } = ruleFile(ruleGroups(services));
  const rules = { groups: groups.map((group) => ({ ...group, interval: '1s' })) };
  await writeFile(path.join(folder, 'rules.yaml'), stringify(rules, { aliasDuplicateObjects: false }));
  await writeFile(path.join(folder, 'prometheus.yaml'), stringify(configuration()));
  prometheus = spawn(
    partOf('REAL_PROMETHEUS'),
    [
      `--config.file=${path.join(folder, 'prometheus.yaml')}`,
      `--storage.tsdb.path=${path.join(folder, 'data')}`,
      '--web.listen-address=127.0.0.1:0',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  prometheus.stderr?.on('data', (text) => {
    said += text;
  });
  address = await eventually(() => {
    const [, host] = /Listening on.*address=(127\.0\.0\.1:\d+)/.exec(said) ?? [];
    if (host === undefined) throw new Error(`Prometheus says no address yet: ${said.slice(-500)}`);
    return `http://${host}`;
  });
  await eventually(async () => expect(await ask('up == 1')).toHaveLength(services.filter(runsInCluster).length));
}, 600_000);

afterAll(async () => {
  prometheus?.kill('SIGKILL');
  await platform?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Somebody buys, leaves a filled cart behind, asks, and is answered. */
const sellSomething = async () => {
  const api = createShopClient({ baseUrl: platform.gateway });
  const email = `${randomUUID()}@customers.example`;
  const signal = AbortSignal.timeout(120_000);
  const { token } = await buySomething({ api, email, card: 'tok_visa', say: () => {}, signal });
  const { items } = await api.products.list({ query: { inStock: 'true', limit: 1 } });
  for (const { id: productId } of items) await api.cart.add({ body: { productId, quantity: 1 } }, { token });
  const { conversationId } = await api.assistant.start({ body: {} }, { token });
  await api.assistant.message({ body: { conversationId, message: 'Where is my order?' } }, { token });
};

test('each finds something after a purchase, but for what only a failure makes', async () => {
  await sellSomething();
  const asked = dashboardsOf(services).flatMap((dashboard) =>
    panelsOf(dashboard).flatMap(({ title, queries }) =>
      queries.map(({ expression }) => ({ panel: `${dashboard.name}: ${title}`, expression })),
    ),
  );
  expect(asked.length).toBeGreaterThan(200);
  let open = asked.filter(({ expression }) => !selectorsIn(expression).some(({ metric }) => silentUntil.has(metric)));
  await eventually(
    async () => {
      // A rate needs a series that grows, and the first sale only makes it.
      await sellSomething();
      const found = await Promise.all(open.map(({ expression }) => ask(expression.replaceAll(RATE_WINDOW, '2m'))));
      // A share of nothing is no number, and draws nothing.
      open = open.filter((_, at) => found[at]?.every(({ value: [, figure] }) => figure === 'NaN'));
      expect(open).toEqual([]);
    },
    { everyMs: 1_000, timeoutMs: 120_000 },
  );
  // What may be silent is read all the same.
  for (const { expression } of asked) await ask(expression.replaceAll(RATE_WINDOW, '2m'));
});
