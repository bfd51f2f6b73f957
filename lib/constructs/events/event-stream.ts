import { ArnFormat, CrossStackReferences, Duration, ReferenceStrength, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type IConnectable, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnCluster, CfnConfiguration, CfnTopic } from 'aws-cdk-lib/aws-msk';
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { consumedTopics, deadLetterTopicOf, type ServiceManifest } from '../../../services/kit/manifest.ts';
import type { Environment } from '../../environment/environment.ts';
import { acknowledgeManagedPolicies } from '../../guards/acknowledge.ts';
import type { AlertTopics } from '../owned-alarm.ts';
import type { PlatformNetwork } from '../platform-network.ts';
import { removalPolicyOf } from '../removal-policy.ts';
import { EventStreamAlarms } from './event-stream-alarms.ts';

export type EventStreamProps = Environment['eventStream'] & {
  /** Name of the cluster. */
  readonly name: string;
  readonly network: PlatformNetwork;
  readonly key: IKey;
  readonly alerts: AlertTopics;
  /** Days that broker logs are kept. */
  readonly logDays: number;
  /** Whether the records outlive the stack. */
  readonly retained: boolean;
  /** Services whose topics are made. */
  readonly services: readonly ServiceManifest[];
  /** Those of them that run here, and must not fall behind. */
  readonly consumers: readonly ServiceManifest[];
};

/** Port of TLS with IAM. */
export const EVENT_STREAM_PORT = 9098;
const DAY_MS = 86_400_000;
/** Failed records wait for a person, longer than the records that they come from. */
const DEAD_LETTER_DAYS = 30;

/** MSK with IAM and TLS only, a topic and a dead-letter topic for each that a manifest publishes, and alarms per consumer. */
export class EventStream extends Construct {
  readonly clusterArn: string;
  readonly clusterName: string;
  /** `host:port,host:port`, with IAM. Holds tokens. */
  readonly brokers: string;
  readonly securityGroup: SecurityGroup;
  private readonly topicArns = new Map<string, string>();

  constructor(scope: Construct, id: string, props: EventStreamProps) {
    super(scope, id);
    const { network, retained } = props;
    const subnets = props.subnets === 'private' ? network.vpc.privateSubnets : network.vpc.isolatedSubnets;
    const brokers = props.brokersPerZone * subnets.length;
    this.clusterName = props.name;
    this.securityGroup = new SecurityGroup(this, 'Access', { vpc: network.vpc, description: 'Kafka with IAM' });
    CrossStackReferences.of(this.securityGroup).produce(ReferenceStrength.STRONG);
    // Lambda's pollers use the security group and the subnets of the brokers.
    this.securityGroup.addIngressRule(this.securityGroup, Port.tcp(EVENT_STREAM_PORT), 'pollers of functions');
    const configuration = new CfnConfiguration(this, 'Configuration', {
      name: props.name,
      serverProperties: [
        'auto.create.topics.enable=false',
        `default.replication.factor=${props.replicationFactor}`,
        `min.insync.replicas=${props.minInSyncReplicas}`,
        'unclean.leader.election.enable=false',
        `offsets.topic.replication.factor=${props.replicationFactor}`,
        `transaction.state.log.replication.factor=${props.replicationFactor}`,
        `transaction.state.log.min.isr=${props.minInSyncReplicas}`,
        'group.initial.rebalance.delay.ms=3000',
        'message.max.bytes=1048576',
      ].join('\n'),
    });
    const logs = new LogGroup(this, 'BrokerLogs', { retention: props.logDays, removalPolicy: RemovalPolicy.DESTROY });
    const cluster = new CfnCluster(this, 'Cluster', {
      clusterName: props.name,
      kafkaVersion: props.version,
      numberOfBrokerNodes: brokers,
      configurationInfo: {
        arn: configuration.attrArn,
        revision: configuration.attrLatestRevisionRevision as unknown as number,
      },
      brokerNodeGroupInfo: {
        instanceType: props.brokerType,
        clientSubnets: subnets.map(({ subnetId }) => subnetId),
        securityGroups: [this.securityGroup.securityGroupId],
        storageInfo: { ebsStorageInfo: { volumeSize: props.storageGiB } },
      },
      clientAuthentication: {
        sasl: { iam: { enabled: true }, scram: { enabled: false } },
        unauthenticated: { enabled: false },
      },
      encryptionInfo: {
        encryptionAtRest: { dataVolumeKmsKeyId: props.key.keyArn },
        encryptionInTransit: { clientBroker: 'TLS', inCluster: true },
      },
      enhancedMonitoring: 'PER_BROKER',
      loggingInfo: { brokerLogs: { cloudWatchLogs: { enabled: true, logGroup: logs.logGroupName } } },
    });
    cluster.applyRemovalPolicy(removalPolicyOf(retained));
    CrossStackReferences.of(cluster).produce(ReferenceStrength.STRONG);
    this.clusterArn = cluster.attrArn;
    this.brokers = this.lookUpBrokers(props.logDays, brokers);
    for (const service of props.services) this.addTopics(service, props);
    const lagging = props.consumers.flatMap((service) =>
      consumedTopics(service).map((topic) => ({ service: service.name, topic })),
    );
    new EventStreamAlarms(this, 'Alarms', { clusterName: props.name, brokers, lagging, alerts: props.alerts });
  }

  /** Admits connections from a peer; the rule lives in this construct's stack. */
  admit(peer: IConnectable, description: string): void {
    this.securityGroup.connections.allowFrom(peer, Port.tcp(EVENT_STREAM_PORT), description);
  }

  /** ARN of a topic that some manifest publishes, or of its dead-letter topic. */
  topicArn(topic: string): string {
    const arn = this.topicArns.get(topic);
    if (!arn)
      throw new Error(`no manifest publishes topic "${topic}"; known: ${[...this.topicArns.keys()].join(', ')}`);
    return arn;
  }

  /**
   * ARN by which IAM names a consumer group. The id of the cluster inside it could only be cut out of another ARN, which
   * CloudFormation does not promise to do with the output of another stack; the name of the cluster is as unique.
   */
  groupArn(group: string): string {
    return Stack.of(this).formatArn({
      service: 'kafka',
      resource: 'group',
      resourceName: `${this.clusterName}/*/${group}`,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
  }

  /** CloudFormation knows no attribute with the addresses of the brokers. */
  private lookUpBrokers(logDays: number, count: number) {
    const call = {
      service: '@aws-sdk/client-kafka',
      action: 'GetBootstrapBrokers',
      parameters: { ClusterArn: this.clusterArn },
      // More brokers have more addresses, and only another text asks again.
      physicalResourceId: PhysicalResourceId.of(`${this.clusterName}-${count}-brokers`),
      outputPaths: ['BootstrapBrokerStringSaslIam'],
    };
    const brokers = new AwsCustomResource(this, 'Brokers', {
      onCreate: call,
      onUpdate: call,
      policy: AwsCustomResourcePolicy.fromSdkCalls({ resources: [this.clusterArn] }),
      installLatestAwsSdk: false,
      timeout: Duration.minutes(2),
      logGroup: new LogGroup(this, 'BrokerLookUpLogs', { retention: logDays, removalPolicy: RemovalPolicy.DESTROY }),
    });
    acknowledgeManagedPolicies(
      Stack.of(this),
      "The function behind custom resources is CDK's own; it may write its log and ask for the brokers.",
      'service-role/AWSLambdaBasicExecutionRole',
    );
    return brokers.getResponseField('BootstrapBrokerStringSaslIam');
  }

  private addTopics(
    { publishes }: ServiceManifest,
    { replicationFactor, minInSyncReplicas, retained }: EventStreamProps,
  ) {
    const topic = (topicName: string, partitionCount: number, retentionDays: number) => {
      const made = new CfnTopic(this, `Topic-${topicName}`, {
        clusterArn: this.clusterArn,
        topicName,
        partitionCount,
        replicationFactor,
        // The API takes a properties file as base64 (MSK developer guide, "Describe a topic using the AWS CLI").
        configs: Buffer.from(
          [
            'cleanup.policy=delete',
            `min.insync.replicas=${minInSyncReplicas}`,
            `retention.ms=${retentionDays * DAY_MS}`,
          ].join('\n'),
        ).toString('base64'),
      });
      made.applyRemovalPolicy(removalPolicyOf(retained));
      this.topicArns.set(topicName, made.attrTopicArn);
    };
    for (const [name, { partitions, retentionDays }] of Object.entries(publishes)) {
      topic(name, partitions, retentionDays);
      topic(deadLetterTopicOf(name), 1, DEAD_LETTER_DAYS);
    }
  }
}
