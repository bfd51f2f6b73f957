import { expect, test } from '@jest/globals';
import { commentOf } from './comment.ts';
import type { Comparison, EnvironmentChange } from './comparison.ts';
import type { StackChange } from './stack-changes.ts';

const aStack = (differing: Partial<StackChange> = {}): StackChange => ({
  stack: 'cloudmart-dev-database',
  kind: 'changed',
  resources: 1,
  properties: 1,
  manifests: [],
  destructive: [],
  text: 'Resources\n[~] AWS::RDS::DBCluster Cluster',
  ...differing,
});
const comparison = (...environments: EnvironmentChange[]): Comparison => ({ base: '0123456789abcdef', environments });
const image = { file: 'order/deployment.yaml', diff: '@@ -1 +1 @@\n-image: order:1\n+image: order:2' };

test('nothing changed is said in one sentence', () => {
  expect(commentOf(comparison(), false)).toMatchSnapshot();
});

test('a change of one service names the service and shows its YAML', () => {
  const stacks = [aStack({ stack: 'cloudmart-dev-workloads', properties: 0, manifests: ['order'], text: '' })];
  expect(commentOf(comparison({ environment: 'dev', stacks, manifests: [image] }), false)).toMatchSnapshot();
});

test('destruction stands first, with its reason and the way out', () => {
  const lost = {
    stack: 'cloudmart-production-database',
    logicalId: 'Cluster',
    resourceType: 'AWS::RDS::DBCluster',
    impact: 'is replaced',
    properties: ['DatabaseName'],
  } as const;
  const changed = comparison(
    { environment: 'dev', stacks: [aStack()], manifests: [] },
    { environment: 'production', stacks: [aStack({ stack: lost.stack, destructive: [lost] })], manifests: [] },
  );
  expect(commentOf(changed, false)).toMatchSnapshot();
  expect(commentOf(changed, true)).toContain('### 1 destructive change, acknowledged');
  expect(commentOf(changed, true)).not.toContain('--acknowledge');
});

test('a fence in a diff does not end the block', () => {
  const manifests = [{ file: 'order/config-map.yaml', diff: '+text: "```"' }];
  expect(commentOf(comparison({ environment: 'dev', stacks: [], manifests }), false)).toContain(
    '````diff\n+text: "```"\n````',
  );
});

test('what does not fit into a comment is left out by whole sections and said', () => {
  const manifests = Array.from({ length: 10 }, (_, index) => ({
    file: `order/${index}.yaml`,
    diff: '+line\n'.repeat(2000),
  }));
  const comment = commentOf(comparison({ environment: 'dev', stacks: [], manifests }), false);
  expect(comment.length).toBeLessThan(65_536);
  expect(comment).toMatch(/\d+ more sections left out for length/);
  expect(comment.split('```').length % 2).toBe(1);
});
