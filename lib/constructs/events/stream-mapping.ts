import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type Function as LambdaFunction, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { changeTries } from '../../../services/kit/manifest.ts';
import { acknowledge } from '../../guards/acknowledge.ts';
import { type AlertTopics, OwnedAlarm } from '../owned-alarm.ts';

export type StreamMappingProps = {
  readonly function: LambdaFunction;
  /** Table whose changes wake the function; it must have a stream. */
  readonly table: ITableV2;
  /** Name of the queue of changes that failed for good. */
  readonly queueName: string;
  /** Encrypts that queue. */
  readonly key: IKey;
  /** Service that answers the alarms. */
  readonly owner: string;
  readonly alerts: AlertTopics;
};

/** Wakes a function with the changes of a table: in order per item, in halves when a batch fails, with a bound on tries and age. */
export class StreamMapping extends Construct {
  constructor(scope: Construct, id: string, props: StreamMappingProps) {
    super(scope, id);
    const { table, owner, alerts } = props;
    const failed = new Queue(this, 'Failed', {
      queueName: props.queueName,
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: props.key,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    props.function.addEventSource(
      new DynamoEventSource(table, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: changeTries.batchSize,
        maxBatchingWindow: Duration.seconds(1),
        bisectBatchOnError: true,
        retryAttempts: changeTries.retries,
        maxRecordAge: Duration.seconds(changeTries.oldestSeconds),
        reportBatchItemFailures: true,
        onFailure: new SqsDlq(failed),
      }),
    );
    acknowledge(
      failed,
      'The queue is the failure destination of the mapping; its messages wait for a person.',
      'AwsSolutions-SQS3',
    );
    if (props.function.role)
      acknowledge(
        props.function.role,
        'KMS spells each of these two operations in several actions, here on the one key of the queue.',
        'AwsSolutions-IAM5[Action::kms:GenerateDataKey*]',
        'AwsSolutions-IAM5[Action::kms:ReEncrypt*]',
      );
    const alarm = {
      alerts,
      owner,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    } as const;
    new OwnedAlarm(this, 'FailedWaiting', {
      ...alarm,
      severity: 'ticket',
      runbook: 'failed-events',
      meaning: `Changes that ${owner} could not handle wait in a queue.`,
      metric: failed.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5) }),
      threshold: 0,
    });
    new OwnedAlarm(this, 'Behind', {
      ...alarm,
      severity: 'page',
      runbook: 'consumer-lag',
      meaning: `${owner} is more than five minutes behind the changes of a table.`,
      metric: props.function.metric('IteratorAge', { statistic: 'Maximum', period: Duration.minutes(5) }),
      threshold: 300_000,
    });
  }
}
