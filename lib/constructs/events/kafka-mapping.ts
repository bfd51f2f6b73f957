import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnEventSourceMapping, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { recordTries } from '../../../services/kit/manifest.ts';
import type { Environment } from '../../environment/environment.ts';

export type KafkaMappingProps = {
  readonly function: LambdaFunction;
  readonly eventClusterArn: string;
  readonly topic: string;
  readonly consumerGroup: string;
  /** Absent: on demand. */
  readonly pollers: Environment['functions']['pollers'];
  /** Attempts after the first before a record goes to the failure destination; on demand Lambda makes ten. */
  readonly retries: number;
  /** Topic for records that failed; absent, and when pollers are on demand, their positions go to `failed`. */
  readonly deadLetterTopic?: string;
  readonly failed: IQueue;
};

const BATCH = 50;
/** On demand Lambda asks for no single failures: a record alone in its batch fails by the error that the function throws. */
const BATCH_ON_DEMAND = 1;
/**
 * Wakes a function with the records of a topic. Single failures, bisecting, bounds and a topic for failures need provisioned pollers.
 * Source: AWS Lambda Developer Guide, "Configuring error handling controls for Kafka event sources".
 */
export const createKafkaMapping = (scope: Construct, id: string, props: KafkaMappingProps): CfnEventSourceMapping => {
  const { pollers, topic, failed, deadLetterTopic } = props;
  return new CfnEventSourceMapping(scope, id, {
    functionName: props.function.functionName,
    eventSourceArn: props.eventClusterArn,
    topics: [topic],
    startingPosition: 'TRIM_HORIZON',
    amazonManagedKafkaEventSourceConfig: { consumerGroupId: props.consumerGroup },
    maximumBatchingWindowInSeconds: 1,
    ...(pollers
      ? {
          batchSize: BATCH,
          functionResponseTypes: ['ReportBatchItemFailures'],
          destinationConfig: {
            onFailure: { destination: deadLetterTopic ? `kafka://${deadLetterTopic}` : failed.queueArn },
          },
          bisectBatchOnFunctionError: true,
          maximumRetryAttempts: props.retries,
          maximumRecordAgeInSeconds: recordTries.oldestSeconds,
          provisionedPollerConfig: {
            minimumPollers: pollers.min,
            maximumPollers: pollers.max,
            pollerGroupName: 'cloudmart',
          },
          metricsConfig: { metrics: ['EventCount', 'ErrorCount', 'KafkaMetrics'] },
        }
      : { batchSize: BATCH_ON_DEMAND, destinationConfig: { onFailure: { destination: failed.queueArn } } }),
  });
};

/**
 * What Lambda's pollers need, beside the topics, to reach the brokers with the role of a function.
 * Source: AWS Lambda Developer Guide, "Configuring Amazon MSK event sources".
 */
export const pollerStatements = (eventClusterArn: string): PolicyStatement[] => [
  new PolicyStatement({
    sid: 'FindBrokers',
    actions: [
      'kafka:DescribeClusterV2',
      'kafka:DescribeCluster',
      'kafka:GetBootstrapBrokers',
      'kafka-cluster:DescribeClusterDynamicConfiguration',
    ],
    resources: [eventClusterArn],
  }),
  new PolicyStatement({
    sid: 'PlacePollers',
    actions: [
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSecurityGroups',
      'ec2:DescribeSubnets',
      'ec2:DescribeVpcs',
    ],
    // Network interfaces cannot be named before they exist.
    resources: ['*'],
  }),
];
