import { Duration } from 'aws-cdk-lib';
import {
  Dashboard,
  GraphWidget,
  type IWidget,
  MathExpression,
  Metric,
  PeriodOverride,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import {
  consumedTopics,
  deadLetterTopicOf,
  runsInCluster,
  runtimeOf,
  type ServiceManifest,
} from '../../services/kit/manifest.ts';

export type PlatformDashboardProps = {
  /** Name of the dashboard, and of the cluster, the database, the event stream and the cache. */
  readonly name: string;
  readonly region: string;
  readonly services: readonly ServiceManifest[];
  /** Namespace of the log-derived metrics. */
  readonly metricNamespace: string;
  /** Kubernetes namespace of the services. */
  readonly namespace: string;
};

/** One page that answers "is the shop well, and where not": doors, services, database, events, functions, cache. */
export class PlatformDashboard extends Construct {
  private readonly props: PlatformDashboardProps;

  constructor(scope: Construct, id: string, props: PlatformDashboardProps) {
    super(scope, id);
    this.props = props;
    new Dashboard(this, 'Dashboard', {
      dashboardName: props.name,
      periodOverride: PeriodOverride.AUTO,
      widgets: [
        [new TextWidget({ width: 24, height: 1, markdown: `# ${props.name}` })],
        this.doors(),
        this.pods(),
        this.database(),
        this.events(),
        this.functions(),
        this.cache(),
      ].filter((row) => row.length > 0),
    });
  }

  private metric(
    namespace: string,
    metricName: string,
    dimensionsMap: Record<string, string>,
    statistic = 'Average',
    label?: string,
  ) {
    return new Metric({
      namespace,
      metricName,
      dimensionsMap,
      statistic,
      period: Duration.minutes(1),
      label,
    });
  }

  private graph(title: string, left: readonly (Metric | MathExpression)[], width = 8) {
    return new GraphWidget({ title, left: [...left], width, height: 6, region: this.props.region });
  }

  private doors(): IWidget[] {
    const query = (label: string, expression: string) =>
      new MathExpression({ expression, label, usingMetrics: {}, period: Duration.minutes(1) });
    return [
      this.graph('Requests and errors at the door', [
        query('requests', 'SELECT SUM(RequestCount) FROM SCHEMA("AWS/ApplicationELB", LoadBalancer)'),
        query('5xx', 'SELECT SUM(HTTPCode_Target_5XX_Count) FROM SCHEMA("AWS/ApplicationELB", LoadBalancer)'),
      ]),
      this.graph('Slowest answers (s)', [
        query('max', 'SELECT MAX(TargetResponseTime) FROM SCHEMA("AWS/ApplicationELB", LoadBalancer)'),
      ]),
      this.graph('Records given up by services', [this.metric(this.props.metricNamespace, 'DeadLetters', {}, 'Sum')]),
    ];
  }

  private pods(): IWidget[] {
    const { name: ClusterName, namespace: Namespace, services } = this.props;
    const inCluster = services.filter(runsInCluster);
    const perService = (metricName: string) =>
      inCluster.map(({ name }) =>
        this.metric('ContainerInsights', metricName, { ClusterName, Namespace, Service: name }, 'Average', name),
      );
    const perPod = (metricName: string, statistic = 'Average') =>
      inCluster.map(({ name }) =>
        this.metric('ContainerInsights', metricName, { ClusterName, Namespace, PodName: name }, statistic, name),
      );
    return [
      this.graph('Running pods', perService('service_number_of_running_pods')),
      this.graph('Processor (% of limit of the node)', perPod('pod_cpu_utilization')),
      this.graph('Memory (% of limit)', perPod('pod_memory_utilization_over_pod_limit')),
    ];
  }

  private database(): IWidget[] {
    const metric = (metricName: string, statistic?: string) =>
      this.metric(
        'AWS/RDS',
        metricName,
        { DBClusterIdentifier: this.props.name, Role: 'WRITER' },
        statistic,
        metricName,
      );
    return [
      this.graph('Database capacity (ACU)', [metric('ServerlessDatabaseCapacity', 'Maximum')]),
      this.graph('Database connections', [metric('DatabaseConnections', 'Maximum')]),
      this.graph('Database latency (ms)', [metric('CommitLatency'), metric('SelectLatency'), metric('DMLLatency')]),
    ];
  }

  private events(): IWidget[] {
    const { name, services } = this.props;
    const cluster = { 'Cluster Name': name };
    const lag = services.flatMap((service) =>
      consumedTopics(service).map((Topic) =>
        this.metric(
          'AWS/Kafka',
          'EstimatedMaxTimeLag',
          { ...cluster, 'Consumer Group': service.name, Topic },
          'Maximum',
          `${service.name} on ${Topic}`,
        ),
      ),
    );
    const topics = services.flatMap(({ publishes }) => Object.keys(publishes));
    return [
      ...(lag.length > 0 ? [this.graph('Consumers behind (s)', lag, 16)] : []),
      ...(topics.length > 0
        ? [
            new TextWidget({
              width: 8,
              height: 6,
              markdown: `Topics: ${topics.join(', ')}\n\nDead letters: ${topics.map(deadLetterTopicOf).join(', ')}\n\nRunbooks: \`docs/runbooks/consumer-lag.md\`, \`docs/runbooks/dead-letters.md\``,
            }),
          ]
        : []),
    ];
  }

  private functions(): IWidget[] {
    const lambdas = this.props.services.filter((service) => runtimeOf(service) === 'function');
    if (lambdas.length === 0) return [];
    const per = (metricName: string, statistic: string) =>
      lambdas.map(({ name }) =>
        this.metric('AWS/Lambda', metricName, { FunctionName: `${this.props.name}-${name}` }, statistic, name),
      );
    return [
      this.graph('Function invocations', per('Invocations', 'Sum')),
      this.graph('Function errors', per('Errors', 'Sum')),
      this.graph('Function duration (ms, p99)', per('Duration', 'p99')),
    ];
  }

  private cache(): IWidget[] {
    const metric = (metricName: string, statistic: string) =>
      this.metric('AWS/ElastiCache', metricName, { CacheClusterId: `${this.props.name}-001` }, statistic, metricName);
    return [
      this.graph('Cache hits and misses', [metric('CacheHits', 'Sum'), metric('CacheMisses', 'Sum')]),
      this.graph('Cache memory (%)', [metric('DatabaseMemoryUsagePercentage', 'Maximum')]),
      this.graph('Cache evictions', [metric('Evictions', 'Sum')]),
    ];
  }
}
