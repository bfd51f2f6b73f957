/** Rules about what happens when something fails: it lands somewhere, and somebody hears of it. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { consumedTopics, deadLetterTopicOf, runtimeOf, type ServiceManifest } from '../../services/kit/manifest.ts';
import { root } from '../checkout.ts';
import {
  at,
  identityStatements,
  listOf,
  type ResourceEntry,
  resourcesOf,
  type StackTemplate,
  textOf,
} from '../templates/template.ts';
import { type Breach, type Rule, stackRule } from './rule.ts';

type Watched = { readonly metric: string; readonly dimensions: ReadonlyMap<unknown, string> };

/** Every metric that an alarm watches. */
const watchedMetrics = (stacks: readonly StackTemplate[]): Watched[] =>
  stacks
    .flatMap(({ template }) => resourcesOf(template, 'AWS::CloudWatch::Alarm'))
    .flatMap(({ properties }) => [
      properties,
      ...listOf(properties['Metrics']).map((part) => at(part, 'MetricStat', 'Metric')),
    ])
    .map((metric) => ({
      metric: textOf(at(metric, 'MetricName') ?? ''),
      dimensions: new Map(
        listOf(at(metric, 'Dimensions')).map((pair) => [at(pair, 'Name'), textOf(at(pair, 'Value'))]),
      ),
    }));

const watchedBy = (stacks: readonly StackTemplate[], name: string, dimension: string) =>
  watchedMetrics(stacks).some(({ dimensions }) => dimensions.get(dimension)?.startsWith(`<${name}`));

/** What is missing for the consumers that manifests declare; what runs in a pod leaves no other trace in a template. */
const unheardConsumers = (stacks: readonly StackTemplate[], services: readonly ServiceManifest[]): Breach[] => {
  const stack = stacks.find(({ template }) => resourcesOf(template, 'AWS::MSK::Cluster').length > 0) ?? stacks[0];
  if (!stack) return [];
  const lags = watchedMetrics(stacks).filter(({ metric }) => /Lag$/.test(metric));
  const topics = stacks
    .flatMap(({ template }) => resourcesOf(template, 'AWS::MSK::Topic'))
    .map(({ properties }) => textOf(properties['TopicName']));
  const hasStreamJobs = stacks.some(
    ({ template }) => resourcesOf(template, 'AWS::KinesisAnalyticsV2::Application').length > 0,
  );
  const running = services.filter((service) => hasStreamJobs || runtimeOf(service) !== 'flink');
  const consumed = running.flatMap((service) =>
    consumedTopics(service).map((topic) => ({ name: service.name, topic })),
  );
  return consumed.flatMap(({ name, topic }) => [
    ...(lags.some(({ dimensions }) => dimensions.get('Consumer Group') === name && dimensions.get('Topic') === topic)
      ? []
      : [
          {
            stack,
            sentence: `nobody hears when ${name} falls behind on ${topic}; put an alarm on the lag of consumer group ${name}`,
          },
        ]),
    ...(topics.includes(deadLetterTopicOf(topic))
      ? []
      : [
          {
            stack,
            sentence: `what ${name} cannot handle of ${topic} has nowhere to go; make the topic ${deadLetterTopicOf(topic)}`,
          },
        ]),
  ]);
};

/** Whether the role of a function may encrypt what it leaves in its dead-letter queue. */
const encryptsFailures = ({ template }: StackTemplate, { properties }: ResourceEntry): boolean => {
  const target = textOf(at(properties, 'DeadLetterConfig', 'TargetArn') ?? '');
  const queue = resourcesOf(template, 'AWS::SQS::Queue').find(({ logicalId }) => target === `<${logicalId}.Arn>`);
  const key = queue?.properties['KmsMasterKeyId'];
  if (key === undefined) return true;
  const role = textOf(properties['Role']).replace(/\.Arn>$/, '>');
  return identityStatements(template).some(
    ({ entry, statement }) =>
      listOf(entry.properties['Roles']).map(textOf).includes(role) &&
      listOf(statement.Action).some((action) => /^kms:GenerateDataKey\*?$/.test(textOf(action))) &&
      listOf(statement.Resource).map(textOf).includes(textOf(key)),
  );
};

export const failuresLand: Rule = {
  name: 'failures-land',
  title: 'Every consumer, queue and stream mapping has a failure destination and an alarm.',
  breaches: (stacks, services) => [
    ...unheardConsumers(stacks, services),
    ...stacks.flatMap((stack) => {
      const { template } = stack;
      const queues = resourcesOf(template, 'AWS::SQS::Queue');
      const isTarget = (logicalId: string) =>
        JSON.stringify(
          Object.values(template.Resources ?? {}).map(({ Properties }) => [
            Properties?.['RedrivePolicy'],
            Properties?.['DeadLetterConfig'],
            Properties?.['DestinationConfig'],
          ]),
        ).includes(`"${logicalId}"`);
      const breach = (logicalId: string, sentence: string) => ({ stack, logicalId, sentence });
      return [
        ...resourcesOf(template, 'AWS::Lambda::EventSourceMapping').flatMap(({ logicalId, properties }) => [
          ...(at(properties, 'DestinationConfig', 'OnFailure', 'Destination') ||
          /sqs/.test(textOf(properties['EventSourceArn']))
            ? []
            : [breach(logicalId, 'records that fail for good vanish; give the mapping a failure destination')]),
          ...(watchedBy([stack], logicalId, 'EventSourceMappingUUID') ||
          watchedBy([stack], textOf(properties['FunctionName']).slice(1, -1), 'FunctionName')
            ? []
            : [breach(logicalId, 'nobody hears of records that fail for good; put an alarm on the mapping')]),
        ]),
        ...resourcesOf(template, 'AWS::Lambda::Function')
          .filter((entry) => !encryptsFailures(stack, entry))
          .map(({ logicalId }) =>
            breach(
              logicalId,
              'its failures never arrive: the queue is encrypted by a key that its role may not use; allow it kms:GenerateDataKey and kms:Decrypt',
            ),
          ),
        ...queues.flatMap(({ logicalId, properties }) => [
          ...(properties['RedrivePolicy'] || isTarget(logicalId)
            ? []
            : [
                breach(logicalId, 'messages that fail for good come back for ever; give the queue a dead-letter queue'),
              ]),
          ...(watchedBy([stack], logicalId, 'QueueName')
            ? []
            : [breach(logicalId, 'nobody hears of messages that wait; put an alarm on the queue')]),
        ]),
        ...resourcesOf(template, 'AWS::MSK::Topic').flatMap(({ logicalId, properties }) => {
          const name = textOf(properties['TopicName']);
          const topics = resourcesOf(template, 'AWS::MSK::Topic').map((topic) => textOf(topic.properties['TopicName']));
          return name.endsWith(deadLetterTopicOf('')) || topics.includes(deadLetterTopicOf(name))
            ? []
            : [breach(logicalId, `topic ${name} has no dead-letter topic; make ${deadLetterTopicOf(name)} beside it`)];
        }),
      ];
    }),
  ],
};

export const alarmsAnswered: Rule = stackRule(
  'alarms-answered',
  'Every alarm reaches somebody, and says whose it is, how bad it is and what to do.',
  ({ template }) =>
    resourcesOf(template, 'AWS::CloudWatch::Alarm').flatMap(({ logicalId, properties }) => {
      const description = textOf(properties['AlarmDescription'] ?? '');
      const runbook = /Runbook: (docs\/runbooks\/[a-z0-9-]+\.md)$/.exec(description)?.[1];
      return [
        ...(listOf(properties['AlarmActions']).length > 0
          ? []
          : [[logicalId, 'the alarm tells nobody; give it an action'] as const]),
        ...(/Owner: [a-z0-9-]+\. Severity: (page|ticket)\./.test(description) && runbook
          ? []
          : [[logicalId, 'the alarm names no owner, severity or runbook; make it an OwnedAlarm'] as const]),
        ...(runbook && !existsSync(path.join(root, runbook))
          ? [[logicalId, `its runbook ${runbook} does not exist; write it`] as const]
          : []),
      ];
    }),
);
