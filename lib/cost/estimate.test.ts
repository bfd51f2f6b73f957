import { describe, expect, test } from '@jest/globals';
import { environmentNamed } from '../environments.ts';
import type { Resource } from '../templates/template.ts';
import { fixtureManifests } from '../testing/fixture-manifests.ts';
import { costTable } from './cost-table.ts';
import { estimateCost } from './estimate.ts';
import { agedPrices, hoursPerMonth, MAX_PRICE_AGE_DAYS, prices } from './prices.ts';

const dev = environmentNamed('dev');
const production = environmentNamed('production');
const estimate = (Resources: Record<string, Resource>, environment = dev) =>
  estimateCost(environment, fixtureManifests, [
    { stack: 'Only', environment: environment.name, isProtected: false, path: '', template: { Resources } },
  ]);
const brokers = (InstanceType: string): Record<string, Resource> => ({
  Cluster: {
    Type: 'AWS::MSK::Cluster',
    Properties: {
      NumberOfBrokerNodes: 3,
      BrokerNodeGroupInfo: { InstanceType, StorageInfo: { EBSStorageInfo: { VolumeSize: 100 } } },
    },
  },
});

describe('an estimate', () => {
  test('multiplies hours, months and gigabytes by their price', () => {
    const { items } = estimate(brokers('kafka.t3.small'));
    expect(
      items.filter(({ resource }) => resource === 'Cluster').map(({ what, usdPerMonth }) => [what, usdPerMonth]),
    ).toEqual([
      ['3 brokers', Math.round(3 * prices.kafkaT3Small.usd * hoursPerMonth * 100) / 100],
      ['disks of the brokers', 30],
    ]);
  });

  test('adds what Kubernetes makes and no template lists', () => {
    const { items } = estimate({}, production);
    expect(items.map(({ what }) => what)).toEqual(
      expect.arrayContaining([expect.stringMatching(/nodes \(on-demand\)/), 'application load balancer']),
    );
    expect(estimate({}).items.map(({ what }) => what)).not.toContain('application load balancer');
  });

  test('counts traces by the share that the environment records', () => {
    const traced = (share: number) =>
      estimate({}, { ...dev, traces: { share } }).items.find(({ resource }) => resource === 'traces');
    expect(traced(0.1)).toMatchObject({ what: '0.1 of 1 million traces', usdPerMonth: 0.5 });
    expect(traced(1)?.usdPerMonth).toBe(5);
  });

  test('sums up to its parts', () => {
    const { usdPerMonth, stacks, items } = estimate(brokers('kafka.m7g.large'), production);
    const sum = (amounts: readonly number[]) =>
      Math.round(amounts.reduce((total, amount) => total + amount, 0) * 100) / 100;
    expect(sum(stacks.map((stack) => stack.usdPerMonth))).toBe(usdPerMonth);
    expect(sum(items.map((item) => item.usdPerMonth))).toBe(usdPerMonth);
  });

  test('names what is billed by use', () => {
    expect(estimate({ Table: { Type: 'AWS::DynamoDB::GlobalTable' } }).leftOut).toEqual([
      'requests and storage of tables',
    ]);
  });

  test('counts an alarm over several metrics for each of them', () => {
    const metrics = [{ MetricStat: {} }, { MetricStat: {} }, { Expression: 'a + b' }];
    const { items } = estimate({ Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { Metrics: metrics } } });
    expect(items.find(({ what }) => what === 'alarm')?.usdPerMonth).toBe(0.2);
  });

  test('refuses a type that nobody has priced', () => {
    expect(() => estimate({ Domain: { Type: 'AWS::OpenSearchService::Domain' } })).toThrow(
      /no price rule knows AWS::OpenSearchService::Domain; add it/,
    );
  });

  test('refuses a size that nobody has priced', () => {
    expect(() => estimate(brokers('kafka.m99.huge'))).toThrow(
      /has no price for kafka\.m99\.huge; add it with its source/,
    );
  });

  test('prints its date, its parts and its levers', () => {
    expect(costTable(estimate(brokers('kafka.t3.small')))).toMatch(
      /dev: about \d+\.\d\d USD a month, list prices of \d{4}-\d\d-\d\d[\s\S]*3 brokers[\s\S]*Assumed[\s\S]*Levers/,
    );
  });

  test('every price has a source and the day on which it said so', () => {
    for (const { source, asOf } of Object.values(prices)) {
      expect(source).toMatch(
        /^https:\/\/(aws\.amazon\.com\/[a-z0-9/-]+\/pricing\/|github\.com\/aws\/karpenter-provider-aws\/.*)$/,
      );
      expect(new Date(asOf).toISOString().slice(0, 10)).toBe(asOf);
      expect(Date.parse(asOf)).toBeLessThan(Date.now());
    }
  });

  test('no price is believed for more than two years', () => {
    expect(agedPrices(new Date())).toEqual([]);
  });

  test('a price that is too old is named with where to look and what to change, and a fresher one is not', () => {
    const oldest = Object.values(prices).map(({ asOf }) => Date.parse(asOf));
    const dayAfter = new Date(Math.min(...oldest) + (MAX_PRICE_AGE_DAYS + 1) * 86_400_000);
    const aged = agedPrices(dayAfter);
    expect(aged).toContain(
      'natGateway, 0.045 USD per hour, was read on 2025-06-30: look at https://aws.amazon.com/vpc/pricing/, then change lib/cost/prices.ts',
    );
    expect(aged.filter((line) => line.startsWith('nodeLarge'))).toEqual([]);
  });

  test('says how old the oldest price in the sum is', () => {
    const { traces: _traces, ...untraced } = dev;
    expect(estimate({}, untraced).asOf).toBe('2026-07-20');
    expect(estimate(brokers('kafka.t3.small')).asOf).toBe('2025-06-30');
  });
});
