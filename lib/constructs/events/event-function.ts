import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import {
  consumedTopics,
  deadLetterGroupOf,
  deadLetterTopicOf,
  recordTries,
  type ServiceManifest,
} from '../../../services/kit/manifest.ts';
import type { Environment } from '../../environment/environment.ts';
import { acknowledge } from '../../guards/acknowledge.ts';
import { functionLogGroup } from '../../names.ts';
import type { AlertTopics } from '../owned-alarm.ts';
import { addDeadLetterAlarm, addFunctionAlarms } from './event-function-alarms.ts';
import { createKafkaMapping, pollerStatements } from './kafka-mapping.ts';
import { addMailFeedback } from './mail-feedback.ts';
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
  /** Of metrics that are counted in logs. */
  readonly metricNamespace: string;
  /** Encrypts failed invocations; EventBridge may use it. */
  readonly key: IKey;
  /** Name of the configuration set that mails of the environment are sent by. */
  readonly mailSettings: string;
};

const TIMEOUT = Duration.seconds(60);

/**
 * A Lambda as a manifest declares it: consumes its topics, retries within bounds, hands failures to dead-letter topics and gets them
 * again from there, is woken by the clock and by what SES tells of mails, rings alarms.
 */
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
      'Network interfaces of pollers cannot be named before they exist, and traces of X-Ray never.',
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
      deadLetterQueue: this.failedInvocations,
      retryAttempts: 2,
      maxEventAge: Duration.hours(6),
    });
    logGroup.grantWrite(role);
    for (const topic of consumedTopics(service)) this.consume(topic);
    if (service.wakesEveryMinutes !== undefined) {
      const rate = Duration.minutes(service.wakesEveryMinutes);
      // A call that cannot be delivered is not worth a second try: the next one comes.
      const targets = [new FunctionTarget(this.function, { retryAttempts: 0, maxEventAge: rate })];
      new Rule(this, 'Clock', { description: `Wakes ${service.name}.`, schedule: Schedule.rate(rate), targets });
    }
    if (service.hearsMailFeedback) addMailFeedback(this, this.function, this.failedInvocations, props.mailSettings);
    for (const [name, table] of props.follows)
      new StreamMapping(this, `Follows-${name}`, {
        function: this.function,
        table,
        queueName: `${functionName}-${name}-failed`,
        key: props.key,
        owner: service.name,
        alerts: props.alerts,
      });
    addFunctionAlarms(this, {
      ...{ service, alerts: props.alerts, function: this.function, logGroup, timeout: TIMEOUT },
      metricNamespace: props.metricNamespace,
      failedInvocations: this.failedInvocations,
    });
  }

  private consume(topic: string) {
    const { service, pollers, eventClusterArn } = this.props;
    const deadLetterTopic = deadLetterTopicOf(topic);
    const common = { function: this.function, eventClusterArn, pollers, failed: this.failedInvocations };
    const mapping = createKafkaMapping(this, `From-${topic}`, {
      ...common,
      topic,
      consumerGroup: service.name,
      retries: recordTries.retries,
      deadLetterTopic,
    });
    // The pollers sign in with the role before the first record.
    mapping.node.addDependency(this.function.role as Role);
    // On demand nothing is written to the topic, and the alarm of the queue rings.
    if (!pollers) return;
    const again = createKafkaMapping(this, `Again-${topic}`, {
      ...common,
      topic: deadLetterTopic,
      consumerGroup: deadLetterGroupOf(service.name),
      retries: recordTries.retriesOfDeadLetters,
      // A topic of one partition, mostly empty.
      pollers: { min: 1, max: 1 },
    });
    again.node.addDependency(this.function.role as Role);
    addDeadLetterAlarm(this, { service, alerts: this.props.alerts, topic, mapping });
  }
}
