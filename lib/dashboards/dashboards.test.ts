import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { metricCatalogue, metricsOf } from '../../services/contracts/metrics/metric-catalogue.ts';
import { runsInCluster } from '../../services/kit/manifest.ts';
import { createMetrics } from '../../services/kit/telemetry/metrics.ts';
import { throttlingMetrics } from '../../services/kit/telemetry/throttling.ts';
import { testManifest } from '../../services/kit/testing/manifest.ts';
import { ruleGroups } from '../alerts/rule-groups.ts';
import { selectorsIn } from '../alerts/selectors.ts';
import { services } from '../services.ts';
import { grafanaDashboard, panelsOf } from './dashboard.ts';
import { dashboardsOf } from './dashboards.ts';
import { seriesOfPrometheus, silentUntil } from './testing/silent-until.ts';
import { writeDashboards } from './write-dashboards.ts';

const dashboards = dashboardsOf(services);
const queries = dashboards.flatMap(panelsOf).flatMap((panel) => panel.queries);
const withoutSuffix = (metric: string) => metric.replace(/_(bucket|sum|count)$/, '');

describe('the dashboards', () => {
  test('are of the shop, its business, its pipelines, its platform, and each service that shows metrics', () => {
    expect(dashboards.map(({ name }) => name)).toEqual([
      ...['shop', 'business', 'pipelines', 'platform'],
      ...services.filter(runsInCluster).map(({ name }) => `service-${name}`),
    ]);
  });

  test('ask only for what the catalogue lists, a histogram by its parts, with labels that it has', async () => {
    const process = createMetrics('probe');
    process.collectProcess();
    const shown = (await process.page()).text.matchAll(/^# TYPE (\w+)/gm);
    const recorded = ruleGroups(services).flatMap(({ rules }) =>
      rules.flatMap((rule) => ('record' in rule ? [rule.record] : [])),
    );
    const others = new Set([
      ...[...shown].map(([, name = '']) => name),
      ...recorded,
      ...seriesOfPrometheus,
      ...throttlingMetrics,
    ]);
    const asked = queries.flatMap(({ expression }) => selectorsIn(expression));
    expect(asked.length).toBeGreaterThan(200);
    for (const { metric, matchers } of asked) {
      if (others.has(metric) || others.has(withoutSuffix(metric))) continue;
      const found = metricCatalogue.find(({ name, kind }) =>
        kind === 'histogram' ? name === withoutSuffix(metric) && name !== metric : name === metric,
      );
      expect([metric, found?.name]).toEqual([metric, expect.any(String)]);
      const labels = [...Object.keys(found?.labels ?? {}), 'service'];
      for (const { label } of matchers) expect([metric, labels]).toEqual([metric, expect.arrayContaining([label])]);
    }
  });

  test.each(services.filter(runsInCluster))('of $name has every metric that it shows', (service) => {
    const own = dashboards.find(({ name }) => name === `service-${service.name}`);
    const asked = own ? panelsOf(own).flatMap((panel) => panel.queries) : [];
    const metrics = asked.flatMap(({ expression }) => selectorsIn(expression).map(({ metric }) => metric));
    for (const { name } of metricsOf(service))
      expect([name, metrics.some((metric) => metric === name || withoutSuffix(metric) === name)]).toEqual([name, true]);
  });

  test('have one of a service as soon as it is declared', () => {
    const wishlist = testManifest({ name: 'no-shop-has-it', ports: { http: 8099 }, owns: { database: 'wishes' } });
    const [made] = dashboardsOf([...services, wishlist]).filter(({ name }) => name === 'service-no-shop-has-it');
    expect(made?.rows.map(({ title }) => title)).toEqual([
      'HTTP',
      'Security',
      'Database and cache',
      'Events and jobs',
      'Traces',
      'Processes',
    ]);
  });

  test('are panels beside each other that do not overlap, each with one sentence and a name of its own', () => {
    for (const dashboard of dashboards) {
      const { uid, panels } = grafanaDashboard(dashboard);
      expect(uid).toBe(`cloudmart-${dashboard.name}`);
      const taken = new Set<string>();
      for (const { gridPos } of panels)
        for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
          for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
            expect([dashboard.name, x < 24, taken.has(`${x},${y}`)]).toEqual([dashboard.name, true, false]);
            taken.add(`${x},${y}`);
          }
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
      for (const { title, rows } of [dashboard])
        for (const row of rows) {
          const titles = row.panels.map((panel) => panel.title);
          expect([title, row.title, new Set(titles).size]).toEqual([title, row.title, titles.length]);
          for (const { description } of row.panels) expect(description).toMatch(/^\S.{10,}\S$/s);
        }
    }
    expect(new Set(dashboards.map(({ name }) => name)).size).toBe(dashboards.length);
  });

  test('name lines by labels that their queries keep', () => {
    for (const { expression, legend } of queries)
      for (const [, label = ''] of legend.matchAll(/\{\{(\w+)\}\}/g))
        expect([expression, legend]).toEqual([expect.stringMatching(new RegExp(`by \\([^)]*\\b${label}\\b`)), legend]);
  });
});

test('what may be silent is named with a reason, and is asked for', () => {
  const asked = new Set(queries.flatMap(({ expression }) => selectorsIn(expression).map(({ metric }) => metric)));
  for (const [metric, reason] of silentUntil) {
    expect([metric, asked.has(metric)]).toEqual([metric, true]);
    expect(reason).toMatch(/^\S.{10,}\.$/);
  }
});

test('the files of services that are gone leave the folder, and others stay', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'dashboards-'));
  try {
    await writeFile(path.join(folder, 'service-gone.json'), '{}');
    await writeFile(path.join(folder, 'own.json'), '{}');
    const written = await writeDashboards(folder, services);
    expect((await readdir(folder)).toSorted()).toEqual(
      [...written.map((file) => path.basename(file)), 'own.json'].toSorted(),
    );
    expect(written).toHaveLength(dashboards.length);
  } finally {
    await rm(folder, { recursive: true });
  }
});
