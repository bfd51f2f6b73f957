import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, type IMetric, MathExpression, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type ILogGroup, LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { deadLetterMessage, driftMessage, runsInCluster, type ServiceManifest } from '../../services/kit/manifest.ts';
import { type AlertTopics, OwnedAlarm, type OwnedAlarmProps } from '../constructs/owned-alarm.ts';
import { PlatformDashboard } from '../constructs/platform-dashboard.ts';
import { SavedSearches } from '../constructs/saved-searches.ts';
import type { Environment } from '../environment/environment.ts';
import { replicasOf } from '../environment/environment-checks.ts';
import { clusterLogGroup, metricNamespace } from '../names.ts';
import { PlatformStack } from './platform-stack.ts';

export type MonitoringStackProps = {
  readonly environment: Environment;
  readonly services: readonly ServiceManifest[];
  /** Kubernetes namespace of the services. */
  readonly namespace: string;
  readonly alerts: AlertTopics;
};

type WatchedLines = {
  /** Name of the metric and of the alarm, a plural. */
  readonly id: string;
  readonly lines: ILogGroup;
  readonly metricNamespace: string;
  /** What the lines say. */
  readonly message: string;
};

/** What no single resource can tell: the doors as customers see them, the pods of each service, what the logs say. */
export class MonitoringStack extends PlatformStack {
  private readonly alerts: AlertTopics;

  constructor(scope: Construct, id: string, { environment, services, namespace, alerts }: MonitoringStackProps) {
    super(scope, id, { environment, description: 'Dashboard, saved searches, and alarms over several stacks' });
    this.alerts = alerts;
    const metrics = metricNamespace(environment.name);
    const lines = LogGroup.fromLogGroupName(this, 'ApplicationLogs', clusterLogGroup(this.prefix, 'application'));
    this.watchLines(
      { id: 'DeadLetters', lines, metricNamespace: metrics, message: deadLetterMessage },
      {
        severity: 'ticket',
        owner: 'platform',
        runbook: 'dead-letters',
        meaning: 'A service has put records that it could not handle into a dead-letter topic.',
      },
    );
    this.watchLines(
      { id: 'Drifts', lines, metricNamespace: metrics, message: driftMessage },
      {
        severity: 'page',
        owner: 'platform',
        runbook: 'books-differ',
        meaning: 'Orders, payments, charges of the provider or stock differ, and nothing has brought them in line.',
      },
    );
    if (environment.publicDoor) this.watchDoor();
    if (environment.cluster.containerInsights)
      for (const service of services.filter(runsInCluster))
        this.watchPods(service, replicasOf(service, environment).min, namespace);
    new SavedSearches(this, 'Searches', { environment: environment.name, services });
    new PlatformDashboard(this, 'Overview', {
      name: this.prefix,
      region: environment.region,
      services,
      metricNamespace: metrics,
      namespace,
    });
  }

  private alarm(
    id: string,
    metric: IMetric,
    threshold: number,
    duty: Pick<OwnedAlarmProps, 'severity' | 'owner' | 'runbook' | 'meaning'>,
    options: Partial<OwnedAlarmProps> = {},
  ) {
    new OwnedAlarm(this, id, {
      alerts: this.alerts,
      metric,
      threshold,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...duty,
      ...options,
    });
  }

  /** Rings at each line of the services' logs that says something; the metric counts these lines. */
  private watchLines(
    { id, lines, metricNamespace, message }: WatchedLines,
    duty: Pick<OwnedAlarmProps, 'severity' | 'owner' | 'runbook' | 'meaning'>,
  ) {
    const filter = new MetricFilter(this, `${id.replace(/s$/, '')}Lines`, {
      logGroup: lines,
      filterPattern: FilterPattern.literal(`"${message}"`),
      metricNamespace,
      metricName: id,
      metricValue: '1',
    });
    this.alarm(id, filter.metric({ statistic: 'Sum', period: Duration.minutes(5) }), 0, duty);
  }

  /** Kubernetes makes the load balancer, so its name is unknown here; the query covers every one of the account's region. */
  private watchDoor() {
    const query = (expression: string) =>
      new MathExpression({ expression, usingMetrics: {}, period: Duration.minutes(5) });
    const duty = { severity: 'page', owner: 'platform', runbook: 'public-errors' } as const;
    this.alarm(
      'DoorErrors',
      query('SELECT SUM(HTTPCode_Target_5XX_Count) FROM SCHEMA("AWS/ApplicationELB", LoadBalancer)'),
      20,
      {
        ...duty,
        meaning: 'Customers have got more than 20 errors in 5 minutes.',
      },
    );
    this.alarm(
      'DoorUnanswered',
      query('SELECT SUM(HTTPCode_ELB_5XX_Count) FROM SCHEMA("AWS/ApplicationELB", LoadBalancer)'),
      20,
      {
        ...duty,
        meaning: 'The load balancer found no pod that answers, for more than 20 requests in 5 minutes.',
      },
    );
    this.alarm(
      'DoorLatency',
      query('SELECT AVG(TargetResponseTime) FROM SCHEMA("AWS/ApplicationELB", LoadBalancer)'),
      2,
      { ...duty, meaning: 'Answers have taken two seconds on average for 10 minutes.' },
      { evaluationPeriods: 2 },
    );
  }

  private watchPods({ name }: ServiceManifest, least: number, namespace: string) {
    const metric = new Metric({
      namespace: 'ContainerInsights',
      metricName: 'service_number_of_running_pods',
      statistic: 'Minimum',
      period: Duration.minutes(5),
      dimensionsMap: { ClusterName: this.prefix, Namespace: namespace, Service: name },
    });
    this.alarm(
      `Pods-${name}`,
      metric,
      least,
      {
        severity: 'page',
        owner: name,
        runbook: 'pods-missing',
        meaning: `Fewer than ${least} pods of ${name} have been running for 10 minutes.`,
      },
      {
        comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
        evaluationPeriods: 2,
        treatMissingData: TreatMissingData.BREACHING,
      },
    );
  }
}
