import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { ComparisonOperator, type IMetric, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { consumedTopics, deadLetterTopicOf, type ServiceManifest } from '../../../services/kit/manifest.ts';
import type { Environment } from '../../environment/environment.ts';
import { acknowledge } from '../../guards/acknowledge.ts';
import { functionLogGroup } from '../../names.ts';
import { type AlertTopics, OwnedAlarm, type Severity } from '../owned-alarm.ts';
import { createKafkaMapping, pollerStatements } from './kafka-mapping.ts';
import { StreamMapping } from './stream-mapping.ts';

/** The files that ship, named by their content. */
export type FunctionCode = {
  /** Folder with `handler.mjs`, which exports `handler`. */
  readonly folder: string;
  /** SHA-256 of the folder's content, hex. */
  readonly hash: string;
};

export type EventFunctionProps = {
  readonly service: ServiceManifest;
  readonly functionName: string;
  readonly code: FunctionCode;
  readonly variables: Readonly<Record<string, string>>;
  readonly statements: readonly PolicyStatement[];
  readonly eventClusterArn: string;
  /** Tables by name whose change streams wake the function. */
  readonly follows: ReadonlyMap<string, ITableV2>;
  /** Days that logs are kept. */
  readonly logDays: number;
  /** Provisioned pollers; only they bisect batches and bound retries and age. Absent: on demand. */
  readonly pollers?: Environment['functions']['pollers'];
  readonly alerts: AlertTopics;
  /** Encrypts failed invocations. */
  readonly key: IKey;
};

const TIMEOUT = Duration.seconds(60);

/** A Lambda as a manifest declares it: consumes its topics, retries within bounds, hands failures to dead-letter topics, rings alarms. */
export class EventFunction extends Construct {
  readonly function: LambdaFunction;
  private readonly props: EventFunctionProps;
  private readonly failedInvocations: Queue;

  constructor(scope: Construct, id: string, props: EventFunctionProps) {
    super(scope, id);
    this.props = props;
    const { service, functionName, code } = props;
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: functionLogGroup(functionName),
      retention: props.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      roleName: functionName,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    acknowledge(
      role,
      'Network interfaces of pollers cannot be named before they exist.',
      'AwsSolutions-IAM5[Resource::*]',
    );
    const polling = consumedTopics(service).length > 0 ? pollerStatements(props.eventClusterArn) : [];
    for (const statement of [...props.statements, ...polling]) role.addToPolicy(statement);
    this.failedInvocations = new Queue(this, 'FailedInvocations', {
      queueName: `${functionName}-failed`,
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: props.key,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    // CDK lets the function send to its dead-letter queue, and forgets the key of the queue.
    role.addToPolicy(
      new PolicyStatement({
        sid: 'EncryptFailures',
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: [props.key.keyArn],
      }),
    );
    this.function = new LambdaFunction(this, 'Function', {
      functionName,
      description: service.summary,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(code.folder, { assetHash: code.hash }),
      handler: 'handler.handler',
      role,
      memorySize: service.size.memoryMiB,
      timeout: TIMEOUT,
      reservedConcurrentExecutions: service.scaling.max,
      environment: { NODE_OPTIONS: '--enable-source-maps', ...props.variables },
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      systemLogLevelV2: SystemLogLevel.WARN,
      tracing: Tracing.ACTIVE,
      deadLetterQueue: this.failedInvocations,
      retryAttempts: 2,
      maxEventAge: Duration.hours(6),
    });
    logGroup.grantWrite(role);
    for (const topic of consumedTopics(service)) this.consume(topic);
    for (const [name, table] of props.follows)
      new StreamMapping(this, `Follows-${name}`, {
        function: this.function,
        table,
        queueName: `${functionName}-${name}-failed`,
        key: props.key,
        owner: service.name,
        alerts: props.alerts,
      });
    this.alarm(
      'FailedInvocationsWaiting',
      'ticket',
      'failed-events',
      `Invocations of ${service.name} that failed for good wait in a queue.`,
      this.failedInvocations.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5) }),
      0,
    );
    this.alarm(
      'Errors',
      'page',
      'function-errors',
      `${service.name} has failed in more than 5 invocations in 5 minutes.`,
      this.function.metricErrors({ period: Duration.minutes(5) }),
      5,
    );
    this.alarm(
      'Throttles',
      'ticket',
      'function-errors',
      `${service.name} has been held back by its concurrency limit for 15 minutes.`,
      this.function.metricThrottles({ period: Duration.minutes(5) }),
      0,
      3,
    );
    this.alarm(
      'Duration',
      'ticket',
      'function-errors',
      `Invocations of ${service.name} take more than half of their time limit.`,
      this.function.metricDuration({ period: Duration.minutes(5), statistic: 'p99' }),
      TIMEOUT.toMilliseconds() / 2,
      3,
    );
  }

  private consume(topic: string) {
    const { service, pollers, eventClusterArn } = this.props;
    const mapping = createKafkaMapping(this, `From-${topic}`, {
      function: this.function,
      eventClusterArn,
      topic,
      consumerGroup: service.name,
      pollers,
      failed: this.failedInvocations,
    });
    // The pollers sign in with the role before the first record.
    mapping.node.addDependency(this.function.role as Role);
    // The alarm of the queue rings then.
    if (!pollers) return;
    const metric = new Metric({
      namespace: 'AWS/Lambda',
      metricName: 'OnFailureDestinationDeliveredEventCount',
      statistic: 'Sum',
      period: Duration.minutes(5),
      dimensionsMap: { EventSourceMappingUUID: mapping.attrId },
    });
    this.alarm(
      `DeadLetters-${topic}`,
      'ticket',
      'dead-letters',
      `Records of ${topic} that ${service.name} could not handle were put into ${deadLetterTopicOf(topic)}.`,
      metric,
      0,
    );
  }

  private alarm(
    id: string,
    severity: Severity,
    runbook: string,
    meaning: string,
    metric: IMetric,
    threshold: number,
    evaluationPeriods = 1,
  ) {
    new OwnedAlarm(this, id, {
      alerts: this.props.alerts,
      severity,
      owner: this.props.service.name,
      runbook,
      meaning,
      metric,
      threshold,
      evaluationPeriods,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
