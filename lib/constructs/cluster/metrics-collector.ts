import { Duration, Fn, Stack } from 'aws-cdk-lib';
import { CfnRuleGroupsNamespace, CfnScraper, CfnWorkspace } from 'aws-cdk-lib/aws-aps';
import { ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { ICluster } from 'aws-cdk-lib/aws-eks-v2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { stringify } from 'yaml';
import { alertManagerConfiguration } from '../../alerts/alert-manager.ts';
import { ownersOf, type RuleGroup, ruleFile } from '../../alerts/rule.ts';
import type { Environment } from '../../environment/environment.ts';
import { type AlertTopics, OwnedAlarm } from '../owned-alarm.ts';
import type { PlatformNetwork } from '../platform-network.ts';
import { removalPolicyOf } from '../removal-policy.ts';
import { type ScrapeTarget, scrapeConfiguration } from './scrape-configuration.ts';

export type MetricsCollectorProps = NonNullable<Environment['metrics']> & {
  /** Name of the workspace and of the collector. */
  readonly name: string;
  readonly network: PlatformNetwork;
  /** Whose pods are read. */
  readonly cluster: ICluster;
  /** Where the pods are, and their port for metrics. */
  readonly target: ScrapeTarget;
  /** Encrypts what is kept. */
  readonly key: IKey;
  /** Rules that ring by what is read, and what their long windows are made of. */
  readonly rules: readonly RuleGroup[];
  /** Whom they tell. */
  readonly alerts: AlertTopics;
  /** Whether metrics outlive the stack. */
  readonly retained: boolean;
};

const inYaml = (value: object) => stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 });

/**
 * Reads what the services measure themselves, keeps it for PromQL and rings by it, without a pod of ours. The collector gets its entry in the cluster from
 * Managed Prometheus, which makes one (AmazonPrometheusScraperPolicy: read pods and their metrics) where the cluster is entered by IAM alone.
 * It stands in the subnets of the stores, where no pod has an address: a network policy can tell it from a pod by its range.
 * Source: Managed Prometheus user guide, "Set up managed collectors for Amazon EKS".
 */
export class MetricsCollector extends Construct {
  constructor(scope: Construct, id: string, props: MetricsCollectorProps) {
    super(scope, id);
    const { name, network, cluster, target, everySeconds, keepDays } = props;
    const workspace = new CfnWorkspace(this, 'Workspace', {
      alias: name,
      kmsKeyArn: props.key.keyArn,
      workspaceConfiguration: { retentionPeriodInDays: keepDays },
      alertManagerDefinition: inYaml({ alertmanager_config: inYaml(this.toldTopics(props.alerts, props.rules)) }),
    });
    workspace.applyRemovalPolicy(removalPolicyOf(props.retained));
    new CfnRuleGroupsNamespace(this, 'Rules', {
      name,
      workspace: workspace.attrArn,
      data: inYaml(ruleFile(props.rules)),
    });
    this.watchAlerts(workspace.attrWorkspaceId, props.alerts);
    const access = new SecurityGroup(this, 'Access', {
      vpc: network.vpc,
      description: 'Collector of metrics: to the API server and to the metrics of pods',
      allowAllOutbound: false,
    });
    access.addEgressRule(Peer.ipv4(network.vpc.vpcCidrBlock), Port.tcp(443), 'API server');
    access.addEgressRule(Peer.ipv4(network.vpc.vpcCidrBlock), Port.tcp(target.port), 'metrics of pods');
    // The API server has this group beside one of its own, and every pod has it. By its id, so that the rules stay in this stack.
    const admitting = SecurityGroup.fromSecurityGroupId(this, 'Cluster', cluster.clusterSecurityGroupId);
    admitting.addIngressRule(access, Port.tcp(443), 'collector of metrics, to find pods');
    admitting.addIngressRule(access, Port.tcp(target.port), 'collector of metrics');
    const scraper = new CfnScraper(this, 'Collector', {
      alias: name,
      source: {
        eksConfiguration: {
          clusterArn: cluster.clusterArn,
          subnetIds: network.vpc.isolatedSubnets.map(({ subnetId }) => subnetId),
          securityGroupIds: [access.securityGroupId],
        },
      },
      destination: { ampConfiguration: { workspaceArn: workspace.attrArn } },
      scrapeConfiguration: { configurationBlob: Fn.base64(scrapeConfiguration(target, everySeconds)) },
    });
    // Its rules are resources of their own, without which it finds no pod.
    scraper.node.addDependency(access, admitting);
  }

  /** CloudWatch publishes by a right of its own, so that it can tell what Managed Prometheus could not. */
  private watchAlerts(workspaceId: string, alerts: AlertTopics) {
    new OwnedAlarm(this, 'AlertsNotSent', {
      alerts,
      severity: 'page',
      owner: 'platform',
      runbook: 'alerts-not-sent',
      meaning: 'Managed Prometheus could not tell anybody of an alert that rings.',
      metric: new Metric({
        namespace: 'AWS/Prometheus',
        metricName: 'AlertManagerNotificationsFailed',
        dimensionsMap: { Workspace: workspaceId },
        statistic: 'Sum',
        period: Duration.minutes(5),
      }),
      threshold: 0,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  private toldTopics({ page, ticket }: AlertTopics, rules: readonly RuleGroup[]) {
    return alertManagerConfiguration({
      region: Stack.of(this).region,
      topics: { page: page.topicArn, ticket: ticket.topicArn },
      owners: ownersOf(rules),
    });
  }
}
