import { expect, test } from '@jest/globals';
import { environmentNamed } from '../environments.ts';
import { nodesEncryptTraffic } from '../guards/chart-rules.ts';
import { environmentProblems } from './environment-checks.ts';
import { nodeEncryptionLabel, nodesEncrypt, typeEncrypts } from './node-traffic.ts';

const groupsOf = (name: string, instanceType: string) => {
  const environment = environmentNamed(name);
  const nodes = { ...environment.cluster.nodes, instanceType };
  return { ...environment, cluster: { ...environment.cluster, compute: 'node-groups' as const, nodes } };
};
const breachesOf = (Type: string, Properties: Readonly<Record<string, unknown>>) =>
  nodesEncryptTraffic
    .breaches(
      [
        {
          stack: 'Cluster',
          environment: 'test',
          isProtected: true,
          path: '',
          template: { Resources: { It: { Type, Properties } } },
        },
      ],
      [],
    )
    .map(({ sentence }) => sentence);
const pool = (...requirements: unknown[]) =>
  breachesOf('Custom::AWSCDK-EKS-KubernetesResource', {
    Manifest: JSON.stringify([{ kind: 'NodePool', spec: { template: { spec: { requirements } } } }]),
  });

// As DescribeInstanceTypes of EC2 answered in 2026-10.
test.each(['m7i.large', 'm6a.large', 'c6in.xlarge', 'c6gn.large', 'r8g.large', 'm9g.large'])('%s encrypts', (type) => {
  expect(typeEncrypts(type)).toBe(true);
});
test.each(['t3.large', 't3a.large', 't4g.large', 'm5.large', 'c6g.large', 'r6gd.large', 'm4.large'])(
  '%s sends plain text',
  (type) => {
    expect(typeEncrypts(type)).toBe(false);
  },
);

test('staging and production have only nodes that encrypt; dev takes t3 for its price', () => {
  expect(['dev', 'staging', 'production'].map((name) => [name, nodesEncrypt(environmentNamed(name).cluster)])).toEqual([
    ['dev', false],
    ['staging', true],
    ['production', true],
  ]);
});

test('node groups of a type that sends plain text are refused outside dev', () => {
  expect(environmentProblems([groupsOf('production', 'm5.large')])).toEqual([
    'production.cluster.nodes.instanceType: m5.large sends plain text to other nodes; take a c, m or r of generation 6 or later, but for 6g and 6gd',
  ]);
  expect(environmentProblems([groupsOf('production', 'm7i.large'), groupsOf('dev', 't3.large')])).toEqual([]);
});

test.each([
  ['refuses the label', { key: nodeEncryptionLabel, operator: 'NotIn', values: ['true'] }],
  ['takes both values of the label', { key: nodeEncryptionLabel, operator: 'In', values: ['true', 'false'] }],
  ['asks for the hypervisor only', { key: 'eks.amazonaws.com/instance-hypervisor', operator: 'In', values: ['nitro'] }],
])('a pool is refused that %s', (_, requirement) => {
  expect(pool(requirement)).toEqual([expect.stringContaining('nodes that send each other plain text')]);
});

test('a pool that asks for the label passes', () => {
  expect(pool({ key: nodeEncryptionLabel, operator: 'In', values: ['true'] })).toEqual([]);
});

test.each([[[]], [['m7i.large', 't3.large']]])('a node group of %j is refused', (InstanceTypes) => {
  expect(breachesOf('AWS::EKS::Nodegroup', { InstanceTypes })).toHaveLength(1);
});

test('a node group of m7i.large passes', () => {
  expect(breachesOf('AWS::EKS::Nodegroup', { InstanceTypes: ['m7i.large'] })).toEqual([]);
});
