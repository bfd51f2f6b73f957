import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { type AlertTopics, OwnedAlarm } from '../owned-alarm.ts';

export type EventStreamAlarmsProps = {
  readonly clusterName: string;
  /** Number of brokers; their ids count from 1. */
  readonly brokers: number;
  /** Consumer groups (named after the service) that must not fall behind on a topic. */
  readonly lagging: readonly { readonly service: string; readonly topic: string }[];
  readonly alerts: AlertTopics;
};

/** Alarms of the cluster, of every broker, and of every consumer group. */
export class EventStreamAlarms extends Construct {
  private readonly props: EventStreamAlarmsProps;

  constructor(scope: Construct, id: string, props: EventStreamAlarmsProps) {
    super(scope, id);
    this.props = props;
    this.addClusterAlarms(props.brokers);
    for (const group of props.lagging) this.addLagAlarm(group);
  }

  private metric(metricName: string, statistic: string, dimensions: Record<string, string> = {}) {
    return new Metric({
      namespace: 'AWS/Kafka',
      metricName,
      statistic,
      period: Duration.minutes(5),
      dimensionsMap: { 'Cluster Name': this.props.clusterName, ...dimensions },
    });
  }

  private addClusterAlarms(brokers: number) {
    const platform = {
      alerts: this.props.alerts,
      owner: 'platform',
      evaluationPeriods: 3,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    } as const;
    const above = { comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD } as const;
    new OwnedAlarm(this, 'OfflinePartitions', {
      ...platform,
      ...above,
      severity: 'page',
      runbook: 'event-stream-partitions',
      meaning: 'Partitions have no leader: nothing can be written to or read from them.',
      metric: this.metric('OfflinePartitionsCount', 'Maximum'),
      threshold: 0,
      evaluationPeriods: 1,
    });
    new OwnedAlarm(this, 'NoController', {
      ...platform,
      severity: 'page',
      runbook: 'event-stream-partitions',
      meaning: 'The cluster has had no active controller for 15 minutes.',
      metric: this.metric('ActiveControllerCount', 'Maximum'),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    });
    for (let broker = 1; broker <= brokers; broker += 1) {
      const dimensions = { 'Broker ID': String(broker) };
      new OwnedAlarm(this, `Disk${broker}`, {
        ...platform,
        ...above,
        severity: 'ticket',
        runbook: 'event-stream-disk',
        meaning: `Broker ${broker} has used 80 % of its disk.`,
        metric: this.metric('KafkaDataLogsDiskUsed', 'Maximum', dimensions),
        threshold: 80,
      });
      new OwnedAlarm(this, `UnderMinInSync${broker}`, {
        ...platform,
        ...above,
        severity: 'page',
        runbook: 'event-stream-partitions',
        meaning: `Partitions led by broker ${broker} refuse writes, because too few copies are in sync.`,
        metric: this.metric('UnderMinIsrPartitionCount', 'Maximum', dimensions),
        threshold: 0,
      });
    }
  }

  private addLagAlarm({ service: name, topic }: EventStreamAlarmsProps['lagging'][number]) {
    new OwnedAlarm(this, `Lag-${name}-${topic}`, {
      alerts: this.props.alerts,
      severity: 'page',
      owner: name,
      runbook: 'consumer-lag',
      meaning: `${name} is more than five minutes behind on ${topic}.`,
      metric: this.metric('EstimatedMaxTimeLag', 'Maximum', { 'Consumer Group': name, Topic: topic }),
      threshold: 300,
      evaluationPeriods: 2,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
