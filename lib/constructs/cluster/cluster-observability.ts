import { type CfnResource, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { ICluster } from 'aws-cdk-lib/aws-eks-v2';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Environment } from '../../environment/environment.ts';
import { acknowledge } from '../../guards/acknowledge.ts';
import { clusterLogGroup, spanCollector } from '../../names.ts';
import { traceStatements } from '../access/trace-permissions.ts';
import { type AlertTopics, OwnedAlarm } from '../owned-alarm.ts';
import { PinnedAddon } from './pinned-addon.ts';

export type ClusterObservabilityProps = {
  readonly cluster: ICluster;
  readonly clusterName: string;
  /** Region that logs and metrics go to. */
  readonly region: string;
  /** Days that logs of containers and nodes are kept. */
  readonly logDays: number;
  /** Whether metrics of every pod are collected, and alarms on them made. */
  readonly containerInsights: boolean;
  /** Version by the name of each add-on. */
  readonly addOnVersions: Environment['cluster']['addOnVersions'];
  /** What is sent to X-Ray; absent: the agent takes no spans. */
  readonly traces: Environment['traces'];
  readonly alerts: AlertTopics;
};

/**
 * What the agent on each node collects, with everything that it would otherwise ask of the node or of its chart: the chart adds a region
 * only beside Container Insights, and without one the agent ends ("Region info is missing").
 * It also ends, and is started again for ever, when there is nothing to collect, and Fluent Bit needs it and its rights. Without Container
 * Insights it therefore listens for metrics inside of log lines, on the node's own loopback, which costs nothing unused.
 * Spans come from pods, so their door is open to more than the loopback, and to HTTP alone: with no address given, gRPC would be open too.
 * Source: amazon-cloudwatch-agent, translator/translate/agent/ruleRegion.go and otel/translate_otel.go (`ErrNoPipelines`).
 */
const agentSettings = ({ containerInsights, clusterName, region, traces }: ClusterObservabilityProps) => ({
  agent: { region },
  logs: {
    metrics_collected: containerInsights
      ? { kubernetes: { cluster_name: clusterName, enhanced_container_insights: true } }
      : { emf: { service_address: 'tcp://127.0.0.1:25888' } },
  },
  ...(traces && { traces: { traces_collected: { otlp: { http_endpoint: `0.0.0.0:${spanCollector.port}` } } } }),
});

/** Auto Mode brings neither metrics-server, without which no autoscaler works, nor anything that ships logs. */
export class ClusterObservability extends Construct {
  constructor(scope: Construct, id: string, props: ClusterObservabilityProps) {
    super(scope, id);
    const { cluster, clusterName, alerts } = props;
    new PinnedAddon(this, 'MetricsServer', { cluster, addonName: 'metrics-server', versions: props.addOnVersions });
    const role = new Role(this, 'LogShipping', {
      assumedBy: new ServicePrincipal('pods.eks.amazonaws.com').withSessionTags(),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('CloudWatchAgentServerPolicy')],
    });
    const sending = traceStatements(props.traces);
    if (sending.length > 0) {
      acknowledge(role, 'No resource of X-Ray can be named.', 'AwsSolutions-IAM5[Resource::*]');
      for (const statement of sending) role.addToPolicy(statement);
    }
    const groups = ['application', 'dataplane', 'host', 'performance'].map(
      (kind) =>
        new LogGroup(this, `Logs-${kind}`, {
          logGroupName: clusterLogGroup(clusterName, kind),
          retention: props.logDays,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
    );
    const addon = new PinnedAddon(this, 'Addon', {
      cluster,
      versions: props.addOnVersions,
      addonName: 'amazon-cloudwatch-observability',
      configurationValues: { containerLogs: { enabled: true }, agent: { config: agentSettings(props) } },
    });
    (addon.node.defaultChild as CfnResource).addPropertyOverride('PodIdentityAssociations', [
      { ServiceAccount: 'cloudwatch-agent', RoleArn: role.roleArn },
    ]);
    addon.node.addDependency(...groups);
    if (!props.containerInsights) return;
    new OwnedAlarm(this, 'FailedNodes', {
      alerts,
      severity: 'page',
      owner: 'platform',
      runbook: 'cluster-nodes',
      meaning: 'A node of the cluster has not been ready for 10 minutes.',
      metric: this.metric('cluster_failed_node_count', clusterName),
      threshold: 0,
      evaluationPeriods: 2,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    new OwnedAlarm(this, 'PendingPods', {
      alerts,
      severity: 'ticket',
      owner: 'platform',
      runbook: 'cluster-nodes',
      meaning: 'Pods have been waiting for a node for 15 minutes.',
      metric: this.metric('pod_status_pending', clusterName),
      threshold: 0,
      evaluationPeriods: 3,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  private metric(metricName: string, clusterName: string) {
    return new Metric({
      namespace: 'ContainerInsights',
      metricName,
      dimensionsMap: { ClusterName: clusterName },
      statistic: 'Maximum',
      period: Duration.minutes(5),
    });
  }
}
