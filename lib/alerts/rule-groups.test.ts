import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { metricCatalogue, metricsOf } from '../../services/contracts/metrics/metric-catalogue.ts';
import { runsInCluster } from '../../services/kit/manifest.ts';
import { createMetrics } from '../../services/kit/telemetry/metrics.ts';
import { testManifest } from '../../services/kit/testing/manifest.ts';
import { root } from '../checkout.ts';
import { services } from '../services.ts';
import { alertsOf, mostRules, ruleFile } from './rule.ts';
import { ruleGroups } from './rule-groups.ts';
import { selectorsIn } from './selectors.ts';
import { alertCases } from './testing/alert-cases.ts';

const groups = ruleGroups(services);
const alerts = alertsOf(groups);
const namesOf = (group: string) => alertsOf(groups.filter(({ name }) => name === group)).map(({ alert }) => alert);

describe('selectors of an expression', () => {
  test('are its metrics with their matchers, and neither functions nor labels nor words', () => {
    const found = selectorsIn(
      'sum by (le, service) (rate(a_bucket{service="x", le=~"1|2"}[5m])) / on (service) b unless c offset 5m > 1e3 and absent(d{})',
    );
    expect(found.map(({ metric }) => metric)).toEqual(['a_bucket', 'b', 'c', 'd']);
    expect(found[0]?.matchers).toEqual([
      { label: 'service', operator: '=', value: 'x' },
      { label: 'le', operator: '=~', value: '1|2' },
    ]);
  });
});

describe('the rules', () => {
  test('ask only for what the catalogue lists, with labels and values that it has', async () => {
    const process = createMetrics('probe');
    process.collectProcess();
    const ofProcess = new Set([...(await process.page()).text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name));
    const recorded = new Set(
      groups.flatMap(({ rules }) => rules.flatMap((rule) => ('record' in rule ? [rule.record] : []))),
    );
    const asked = groups.flatMap(({ rules }) => rules.flatMap(({ expression }) => selectorsIn(expression)));
    expect(asked.length).toBeGreaterThan(100);
    for (const { metric, matchers } of asked) {
      if (recorded.has(metric) || ofProcess.has(metric)) continue;
      const named = metricCatalogue.find(({ name }) => name === metric);
      const histogram = metricCatalogue.find(
        ({ name, kind }) => kind === 'histogram' && name === metric.replace(/_(bucket|count|sum)$/, ''),
      );
      const found = named ?? histogram;
      expect([metric, found?.name]).toEqual([metric, expect.any(String)]);
      for (const { label, operator, value } of matchers) {
        if (label === 'le' && histogram) continue;
        if (label === 'service') {
          const emitter = services.find(({ name }) => name === value);
          expect([value, emitter && metricsOf(emitter).map(({ name }) => name)]).toEqual([
            value,
            expect.arrayContaining([found?.name]),
          ]);
          continue;
        }
        const bound = found?.labels?.[label];
        expect([metric, label, bound]).toEqual([metric, label, expect.anything()]);
        if (Array.isArray(bound) && operator.startsWith('='))
          expect(bound).toEqual(expect.arrayContaining(value.split('|')));
      }
    }
  });

  test('fit into what Managed Prometheus takes', () => {
    for (const { name, rules } of groups) expect([name, rules.length <= mostRules]).toEqual([name, true]);
    expect(new Set(groups.map(({ name }) => name)).size).toBe(groups.length);
    expect(JSON.stringify(ruleFile(groups)).length).toBeLessThan(1_000_000);
  });
});

describe('every alert', () => {
  test('has an owner, one sentence, and a page that exists and names it', () => {
    const pages = new Set(readdirSync(path.join(root, 'docs/runbooks')));
    const owners = ['platform', ...services.map(({ name }) => name)];
    for (const { alert, owner, summary, runbook } of alerts) {
      expect(owners).toContain(owner);
      expect([alert, summary]).toEqual([alert, expect.stringMatching(/^\S[^\n]{20,}\.$/)]);
      expect([alert, pages.has(`${runbook}.md`)]).toEqual([alert, true]);
      const page = readFileSync(path.join(root, `docs/runbooks/${runbook}.md`), 'utf8');
      expect([runbook, page]).toEqual([runbook, expect.stringContaining(`\`${alert}\``)]);
    }
  });

  test('is tried: with series that make it ring, and others that do not', () => {
    for (const rule of alerts) {
      const cases = alertCases(rule, services);
      expect([rule.alert, cases.length > 0]).toEqual([rule.alert, true]);
      for (const { series } of cases)
        expect([rule.alert, series.every(({ silent }) => silent.length > 0)]).toEqual([rule.alert, true]);
    }
  });
});

describe('the alerts of a service', () => {
  test('are those that its parts can ring', () => {
    expect(namesOf('service-cart')).toEqual([
      ...['ServiceSilent', 'RestartsOften', 'MemoryNearLimit', 'EventLoopSlow', 'SpansLost', 'HttpErrors'],
      ...[
        'HttpSlow',
        'DatabaseCallersWait',
        'JobsFail',
        'OutboxOld',
        'OutboxBlocked',
        'ConsumerBehind',
        'ConsumerPaused',
      ],
      ...['DeadLetters', 'CircuitBreakerOpen'],
    ]);
    expect(namesOf('service-order')).toEqual(
      expect.arrayContaining(['GrpcErrors', 'GrpcSlow', 'ServiceCallsRefused', 'OrdersStuck', 'ReconciliationOverdue']),
    );
    for (const { name, ports } of services.filter(runsInCluster))
      expect([name, namesOf(`service-${name}`).includes('ServiceCallsRefused')]).toEqual([
        name,
        ports.grpc !== undefined,
      ]);
    expect(namesOf('service-user')).toEqual(expect.arrayContaining(['LoginsRefused', 'TokensReused']));
    expect(namesOf('service-api-gateway')).toContain('RefusalsRise');
    for (const { name } of services.filter(runsInCluster))
      expect(namesOf(`service-${name}`)).toContain('ServiceSilent');
  });

  test('are there as soon as it is declared', () => {
    const giftCards = testManifest({
      name: 'gift-cards',
      ports: { http: 8099 },
      owns: { database: 'gift_cards' },
      publishes: { 'gift-card-events': { partitions: 1, retentionDays: 3 } },
    });
    const own = ruleGroups([...services, giftCards]).find(({ name }) => name === 'service-gift-cards');
    expect(alertsOf(own ? [own] : []).map(({ alert }) => alert)).toEqual(
      expect.arrayContaining(['HttpErrors', 'OutboxOld']),
    );
  });

  test('wait for as long as the environment gives a purchase', () => {
    const stuck = alertsOf(ruleGroups(services, { order: { GIVE_UP_AFTER_SECONDS: '60' } })).find(
      ({ alert }) => alert === 'OrdersStuck',
    );
    expect(stuck?.expression).toContain('> 180');
  });
});

describe('the objectives', () => {
  test('burn at three speeds, each of a long window and a short one', () => {
    const burns = alerts.filter(({ alert }) => alert.startsWith('Budget'));
    expect(burns.filter(({ owner }) => owner === 'order').map(({ alert, severity }) => [alert, severity])).toEqual([
      ['BudgetBurnsFast', 'page'],
      ['BudgetBurns', 'page'],
      ['BudgetBurnsSlowly', 'ticket'],
    ]);
    const checkout = burns.find(({ expression }) => expression.includes('objective="checkout"'));
    expect(checkout?.expression).toContain('> 0.0144');
    expect(checkout?.expression).toContain('[1h]');
    expect(checkout?.expression).toContain('[5m]');
  });

  test('leave integrity no budget', () => {
    expect(alerts.find(({ alert }) => alert === 'BooksDiffer')).toMatchObject({
      severity: 'page',
      forMinutes: 0,
      labels: { objective: 'integrity' },
    });
  });
});
