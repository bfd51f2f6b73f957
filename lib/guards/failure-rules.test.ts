import { expect, test } from '@jest/globals';
import { testManifest } from '../../services/kit/testing/manifest.ts';
import type { Resource } from '../templates/template.ts';
import { failuresLand } from './failure-rules.ts';

type Resources = Readonly<Record<string, Resource>>;

const stack = (name: string, resources: Resources) => ({
  stack: name,
  environment: 'test',
  isProtected: true,
  path: '',
  template: { Resources: resources },
});
const consumer = testManifest({ name: 'ledger', kind: 'web', consumes: { sales: 'all' } });
const topic = (TopicName: string): Resource => ({ Type: 'AWS::MSK::Topic', Properties: { TopicName } });
const lagAlarm = (group: string, of: string, MetricName = 'EstimatedMaxTimeLag'): Resource => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    MetricName,
    Dimensions: [
      { Name: 'Consumer Group', Value: group },
      { Name: 'Topic', Value: of },
    ],
  },
});
const topics: Resources = {
  Cluster: { Type: 'AWS::MSK::Cluster' },
  Sales: topic('sales'),
  Dead: topic('sales.dead'),
};
/** Judges a platform of two stacks, the event stream in the second. */
const judge = (resources: Resources) =>
  failuresLand
    .breaches([stack('Network', {}), stack('EventStream', resources)], [consumer])
    .map((breach) => `${breach.stack.stack}: ${breach.sentence}`);

test.each([
  ['nothing at all', topics],
  ['the lag of another group', { ...topics, Alarm: lagAlarm('cart', 'sales') }],
  ['the lag of the group on another topic', { ...topics, Alarm: lagAlarm('ledger', 'refunds') }],
  ['another metric of the group', { ...topics, Alarm: lagAlarm('ledger', 'sales', 'BytesInPerSec') }],
])('a consumer in a pod is refused when alarms watch %s', (_, resources) => {
  expect(judge(resources)).toEqual([
    'EventStream: nobody hears when ledger falls behind on sales; put an alarm on the lag of consumer group ledger',
  ]);
});

test('a consumer is refused when what it cannot handle has no topic to go to', () => {
  const { Dead: _, ...rest } = topics;
  expect(judge({ ...rest, Alarm: lagAlarm('ledger', 'sales') })).toContain(
    'EventStream: what ledger cannot handle of sales has nowhere to go; make the topic sales.dead',
  );
});

test('a consumer with an alarm on its lag and a dead-letter topic passes', () => {
  expect(judge({ ...topics, Alarm: lagAlarm('ledger', 'sales') })).toEqual([]);
});

test('a manifest that consumes nothing asks for nothing', () => {
  expect(failuresLand.breaches([stack('Network', {})], [testManifest()])).toEqual([]);
});
