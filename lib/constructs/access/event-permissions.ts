/** What a service may do at the event stream: with its own topics and group, with what it observes, and with what it operates. */
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  consumedTopics,
  deadLetterGroupOf,
  deadLetterTopicOf,
  runtimeOf,
  type ServiceManifest,
} from '../../../services/kit/manifest.ts';
import type { ServiceResources } from './service-permissions.ts';

type EventPlaces = Pick<ServiceResources, 'eventClusterArn' | 'topicArn' | 'groupArn' | 'groupsOn'>;

export const statement = (sid: string, actions: readonly string[], resources: readonly string[]) =>
  new PolicyStatement({ sid, actions: [...actions], resources: [...resources] });

export const eventStatements = (service: ServiceManifest, at: EventPlaces) => {
  const { name, publishes } = service;
  const consumed = consumedTopics(service);
  // A function gets its dead letters again; a service in the cluster has none put back by itself.
  const isFunction = runtimeOf(service) === 'function';
  const written = [...Object.keys(publishes), ...consumed.map(deadLetterTopicOf)];
  if (written.length === 0) return [];
  return [
    statement(
      'ConnectToEventStream',
      ['kafka-cluster:Connect', 'kafka-cluster:DescribeCluster', 'kafka-cluster:WriteDataIdempotently'],
      [at.eventClusterArn],
    ),
    statement(
      'WriteTopics',
      ['kafka-cluster:DescribeTopic', 'kafka-cluster:WriteData'],
      written.map((topic) => at.topicArn(topic)),
    ),
    ...(consumed.length > 0
      ? [
          statement(
            'ReadTopics',
            ['kafka-cluster:DescribeTopic', 'kafka-cluster:ReadData'],
            [...consumed, ...(isFunction ? consumed.map(deadLetterTopicOf) : [])].map((topic) => at.topicArn(topic)),
          ),
          statement(
            'JoinConsumerGroup',
            ['kafka-cluster:AlterGroup', 'kafka-cluster:DescribeGroup'],
            [name, ...(isFunction ? [deadLetterGroupOf(name)] : [])].map((group) => at.groupArn(group)),
          ),
        ]
      : []),
  ];
};

/** Reading topics without a group needs no more; the groups of others are looked at and never moved. */
export const observedTopicStatements = (topics: readonly string[], at: EventPlaces) => {
  if (topics.length === 0) return [];
  const groups = [...new Set(topics.flatMap((topic) => at.groupsOn(topic)))];
  return [
    statement('LookAtEventStream', ['kafka-cluster:Connect', 'kafka-cluster:DescribeCluster'], [at.eventClusterArn]),
    statement(
      'ObserveTopics',
      ['kafka-cluster:DescribeTopic', 'kafka-cluster:ReadData'],
      topics.flatMap((topic) => [at.topicArn(topic), at.topicArn(deadLetterTopicOf(topic))]),
    ),
    ...(groups.length > 0
      ? [
          statement(
            'ObserveConsumers',
            ['kafka-cluster:DescribeGroup'],
            groups.map((group) => at.groupArn(group)),
          ),
        ]
      : []),
  ];
};

/** What was published is published again, and groups of others are moved while they stand still; ReadData is with what it observes. */
export const operatedTopicStatements = (topics: readonly string[], at: EventPlaces) => {
  if (topics.length === 0) return [];
  const groups = [...new Set(topics.flatMap((topic) => at.groupsOn(topic)))];
  return [
    statement('ReplayWithoutDoubles', ['kafka-cluster:WriteDataIdempotently'], [at.eventClusterArn]),
    statement(
      'ReplayToTopics',
      ['kafka-cluster:WriteData'],
      topics.map((topic) => at.topicArn(topic)),
    ),
    ...(groups.length > 0
      ? [
          statement(
            'MoveConsumers',
            ['kafka-cluster:AlterGroup'],
            groups.map((group) => at.groupArn(group)),
          ),
        ]
      : []),
  ];
};
