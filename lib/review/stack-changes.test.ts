import { describe, expect, test } from '@jest/globals';
import type { RawTemplate } from './side.ts';
import { stackChanges } from './stack-changes.ts';

const database = (properties: object) => ({
  DatabaseCluster: {
    Type: 'AWS::RDS::DBCluster',
    Properties: {
      Engine: 'aurora-postgresql',
      ServerlessV2ScalingConfiguration: { MinCapacity: 1, MaxCapacity: 4 },
      ...properties,
    },
  },
});
const manifest = (name: string, text: string) => ({
  [`${name}Manifest`]: {
    Type: 'Custom::AWSCDK-EKS-KubernetesResource',
    Properties: { Manifest: text },
    Metadata: { 'aws:cdk:path': `dev/Workloads/${name}/Resource/Default` },
  },
});
const stack = (...resources: object[]): RawTemplate => ({ Resources: Object.assign({}, ...resources) });
const compare = (before: RawTemplate | undefined, after: RawTemplate | undefined) => {
  const side = (template: RawTemplate | undefined) => new Map(template ? [['cloudmart-dev-x', template]] : []);
  return stackChanges(side(before), side(after));
};

test('equal templates have no change', () => {
  expect(compare(stack(database({})), stack(database({})))).toEqual([]);
});

test('a resize is one property of one resource and destroys nothing', () => {
  const [change, ...others] = compare(
    stack(database({})),
    stack(database({ ServerlessV2ScalingConfiguration: { MinCapacity: 1, MaxCapacity: 8 } })),
  );
  expect(others).toEqual([]);
  expect(change).toMatchObject({ kind: 'changed', resources: 1, properties: 1, destructive: [], manifests: [] });
  expect(change?.text).toMatch(/MaxCapacity/);
  expect(change?.text).toMatch(/\[-\] 4[\s\S]*\[\+\] 8/);
});

test('a property that only a new database can take is named', () => {
  const [change] = compare(stack(database({ DatabaseName: 'shop' })), stack(database({ DatabaseName: 'store' })));
  expect(change?.destructive).toEqual([
    {
      stack: 'cloudmart-dev-x',
      logicalId: 'DatabaseCluster',
      resourceType: 'AWS::RDS::DBCluster',
      impact: 'is replaced',
      properties: ['DatabaseName'],
    },
  ]);
});

test('a part of a property that only a new cluster can take is named, and its other parts destroy nothing', () => {
  const brokers = (ClientSubnets: readonly string[], InstanceType: string) =>
    stack({
      Brokers: { Type: 'AWS::MSK::Cluster', Properties: { BrokerNodeGroupInfo: { ClientSubnets, InstanceType } } },
    });
  const before = brokers(['data-1', 'data-2'], 'kafka.t3.small');
  const [moved] = compare(before, brokers(['private-1', 'private-2'], 'kafka.t3.small'));
  expect(moved?.destructive).toEqual([
    {
      stack: 'cloudmart-dev-x',
      logicalId: 'Brokers',
      resourceType: 'AWS::MSK::Cluster',
      impact: 'is replaced',
      properties: ['BrokerNodeGroupInfo.ClientSubnets'],
    },
  ]);
  const [grown] = compare(before, brokers(['data-1', 'data-2'], 'kafka.m7g.large'));
  expect(grown?.destructive).toEqual([]);
});

test('a resource that disappears is deleted, or stays behind when it is retained', () => {
  const retained = stack(
    { Table: { Type: 'AWS::DynamoDB::GlobalTable', DeletionPolicy: 'Retain', Properties: {} } },
    database({}),
  );
  const impacts = (before: RawTemplate, after: RawTemplate) =>
    compare(before, after).flatMap(({ destructive }) => destructive.map(({ impact }) => impact));
  expect(impacts(stack(database({})), stack())).toEqual(['is deleted']);
  expect(impacts(retained, stack(database({})))).toEqual(['leaves CloudFormation and stays behind']);
});

test('a stack that disappears takes everything in it along', () => {
  expect(compare(stack(database({})), undefined)).toMatchObject([
    { kind: 'removed', destructive: [{ impact: 'is deleted' }] },
  ]);
  expect(compare(undefined, stack(database({})))).toMatchObject([{ kind: 'added', destructive: [], text: '' }]);
});

test('a new version of a function replaces the version before it, which is no loss', () => {
  const version = (id: string) => stack({ [id]: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: 'f' } } });
  expect(compare(version('VersionA'), version('VersionB'))).toMatchObject([{ resources: 2, destructive: [] }]);
});

describe('Kubernetes objects', () => {
  test('are named by their service and left to the YAML', () => {
    const [change] = compare(
      stack(manifest('order', 'tag: 1'), manifest('cart', 'tag: 1')),
      stack(manifest('order', 'tag: 2'), manifest('cart', 'tag: 1')),
    );
    expect(change).toMatchObject({ manifests: ['order'], resources: 1, properties: 0, destructive: [], text: '' });
  });

  test('that disappear are deleted from the cluster', () => {
    const [change] = compare(stack(manifest('order', 'a'), manifest('cart', 'a')), stack(manifest('cart', 'a')));
    expect(change).toMatchObject({
      manifests: ['order'],
      destructive: [{ logicalId: 'orderManifest', impact: 'is deleted' }],
    });
  });

  test('that another function or cluster would apply may be deleted after they are applied', () => {
    const applied = (ServiceToken: string, ClusterName: string) =>
      stack({ Order: { Type: 'Custom::AWSCDK-EKS-KubernetesResource', Properties: { ServiceToken, ClusterName } } });
    const destroyed = (before: RawTemplate, after: RawTemplate) =>
      compare(before, after).flatMap(({ destructive }) => destructive.map((one) => [one.impact, one.properties]));
    expect(destroyed(applied('f', 'dev'), applied('g', 'dev'))).toEqual([['is replaced', ['ServiceToken']]]);
    expect(destroyed(applied('f', 'dev'), applied('f', 'other'))).toEqual([['is replaced', ['ClusterName']]]);
    expect(destroyed(applied('f', 'dev'), applied('f', 'dev'))).toEqual([]);
  });

  test('under another id are applied once more and then deleted', () => {
    const [change] = compare(
      stack(manifest('order', 'a')),
      stack({ Renamed: manifest('order', 'a')['orderManifest'] }),
    );
    expect(change?.destructive).toMatchObject([{ logicalId: 'orderManifest', impact: 'is deleted' }]);
  });
});
