import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { type IConnectable, Port, SecurityGroup, SubnetType } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  AuroraPostgresEngineVersion,
  CaCertificate,
  CfnDBInstance,
  CfnDBSubnetGroup,
  ClusterInstance,
  Credentials,
  DatabaseCluster,
  DatabaseClusterEngine,
  ParameterGroup,
} from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { STATEMENT_COUNTS } from '../../databases/count-statements.ts';
import type { Environment } from '../../environment/environment.ts';
import { connectionLimit } from '../../environment/environment-checks.ts';
import { acknowledge } from '../../guards/acknowledge.ts';
import { databaseLogGroup } from '../../names.ts';
import { type AlertTopics, OwnedAlarm } from '../owned-alarm.ts';
import type { PlatformNetwork } from '../platform-network.ts';
import { removalPolicyOf } from '../removal-policy.ts';

export type RelationalDatabaseProps = Environment['database'] & {
  /** Identifier of the cluster. */
  readonly name: string;
  readonly network: PlatformNetwork;
  readonly key: IKey;
  readonly alerts: AlertTopics;
  /** Whether the data outlives the stack. */
  readonly retained: boolean;
};

const PORT = 5432;

/** Aurora PostgreSQL Serverless v2: encrypted, TLS only, sign-in by IAM, logs, point-in-time recovery, alarms. */
export class RelationalDatabase extends Construct {
  readonly cluster: DatabaseCluster;

  constructor(scope: Construct, id: string, props: RelationalDatabaseProps) {
    super(scope, id);
    const engine = DatabaseClusterEngine.auroraPostgres({
      version: AuroraPostgresEngineVersion.of(props.version, props.version.split('.')[0] ?? ''),
    });
    // RDS would make this group itself, and keep what it holds for ever.
    const logs = new LogGroup(this, 'Logs', {
      logGroupName: databaseLogGroup(props.name),
      retention: props.backupDays > 7 ? 90 : 7,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const securityGroup = new SecurityGroup(this, 'Access', {
      vpc: props.network.vpc,
      description: 'PostgreSQL',
      allowAllOutbound: false,
    });
    const parameterGroup = new ParameterGroup(this, 'Parameters', {
      engine,
      description: 'TLS only; statements above 500 ms are logged',
      parameters: {
        'rds.force_ssl': '1',
        // Aurora loads it by default; said here, because the job that creates owners needs it.
        shared_preload_libraries: STATEMENT_COUNTS,
        log_min_duration_statement: '500',
        idle_in_transaction_session_timeout: '60000',
      },
    });
    const instance = {
      caCertificate: CaCertificate.RDS_CA_RSA2048_G1,
      // A version comes by a commit (docs/runbooks/upgrade-database.md); by itself it would drift from the template.
      autoMinorVersionUpgrade: false,
      enablePerformanceInsights: true,
      performanceInsightEncryptionKey: props.key,
    };
    this.cluster = new DatabaseCluster(this, 'Cluster', {
      clusterIdentifier: props.name,
      engine,
      parameterGroup,
      port: PORT,
      writer: ClusterInstance.serverlessV2('Writer', instance),
      readers: Array.from({ length: props.readers }, (_, index) =>
        // The first reader grows with the writer, so that it can take over at once.
        ClusterInstance.serverlessV2(`Reader${index + 1}`, { ...instance, scaleWithWriter: index === 0 }),
      ),
      serverlessV2MinCapacity: props.minCapacity,
      serverlessV2MaxCapacity: props.maxCapacity,
      serverlessV2AutoPauseDuration: props.autoPauseMinutes ? Duration.minutes(props.autoPauseMinutes) : undefined,
      vpc: props.network.vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      securityGroups: [securityGroup],
      iamAuthentication: true,
      // RDS makes and rotates the secret; nobody but the job that creates owners reads it.
      credentials: Credentials.fromUsername('platform', { encryptionKey: props.key }),
      manageMasterUserPassword: true,
      storageEncrypted: true,
      storageEncryptionKey: props.key,
      backup: { retention: Duration.days(props.backupDays), preferredWindow: '03:00-03:30' },
      preferredMaintenanceWindow: 'tue:04:00-tue:04:30',
      cloudwatchLogsExports: ['postgresql'],
      copyTagsToSnapshot: true,
      deletionProtection: props.retained,
      removalPolicy: removalPolicyOf(props.retained),
    });
    // CDK knows two policies for instances and their subnet group; without them the database that stays would serve nobody.
    for (const { defaultChild } of this.cluster.node.findAll().map(({ node }) => node))
      if (defaultChild instanceof CfnDBInstance || defaultChild instanceof CfnDBSubnetGroup)
        defaultChild.applyRemovalPolicy(removalPolicyOf(props.retained));
    if (!props.retained)
      acknowledge(this.cluster, 'The environment can be torn down, data included.', 'AwsSolutions-RDS10');
    this.cluster.node.addDependency(logs);
    this.addAlarms(props);
  }

  /** `host:port` of the writer. Holds tokens. */
  get address(): string {
    return `${this.cluster.clusterEndpoint.hostname}:${PORT}`;
  }

  /** Names of the subnet group and the security groups, as a copy of this database needs them. Hold tokens. */
  get placement(): { readonly subnetGroupName: string; readonly securityGroupIds: readonly string[] } {
    const subnets = this.cluster.node.findAll().find((child) => child instanceof CfnDBSubnetGroup);
    if (!subnets) throw new Error('the database has no subnet group of its own; name one');
    return {
      subnetGroupName: subnets.ref,
      securityGroupIds: this.cluster.connections.securityGroups.map(({ securityGroupId }) => securityGroupId),
    };
  }

  /** Admits connections from a peer; the rule lives in this construct's stack. */
  admit(peer: IConnectable, description: string): void {
    this.cluster.connections.allowFrom(peer, Port.tcp(PORT), description);
  }

  private addAlarms({ alerts, maxCapacity, ...props }: RelationalDatabaseProps) {
    const metric = (metricName: string, statistic = 'Average') =>
      new Metric({
        namespace: 'AWS/RDS',
        metricName,
        statistic,
        period: Duration.minutes(5),
        dimensionsMap: { DBClusterIdentifier: this.cluster.clusterIdentifier, Role: 'WRITER' },
      });
    const alarm = (
      id: string,
      severity: 'page' | 'ticket',
      runbook: string,
      meaning: string,
      of: Metric,
      threshold: number,
      periods = 3,
    ) =>
      new OwnedAlarm(this, id, {
        alerts,
        severity,
        owner: 'platform',
        runbook,
        meaning,
        metric: of,
        threshold,
        evaluationPeriods: periods,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
    const connections = connectionLimit({ ...props, maxCapacity } as Environment['database']);
    alarm(
      'Capacity',
      'ticket',
      'database-capacity',
      'The database has used 90 % of its largest capacity for 15 minutes.',
      metric('ACUUtilization'),
      90,
    );
    alarm(
      'Connections',
      'page',
      'database-connections',
      `More than 80 % of the ${connections} connections are in use.`,
      metric('DatabaseConnections', 'Maximum'),
      Math.floor(connections * 0.8),
      1,
    );
    alarm(
      'CommitLatency',
      'page',
      'database-latency',
      'Commits have taken more than 200 ms for 15 minutes.',
      metric('CommitLatency'),
      200,
    );
    alarm(
      'Deadlocks',
      'ticket',
      'database-latency',
      'Transactions block each other: more than one deadlock in 5 minutes.',
      metric('Deadlocks'),
      // The metric counts deadlocks per second: one in the five minutes of a data point.
      1 / 300,
      1,
    );
    if (props.readers > 0)
      alarm(
        'ReplicaLag',
        'ticket',
        'database-latency',
        'A reader is more than two seconds behind.',
        new Metric({
          namespace: 'AWS/RDS',
          metricName: 'AuroraReplicaLagMaximum',
          statistic: 'Maximum',
          period: Duration.minutes(5),
          dimensionsMap: { DBClusterIdentifier: this.cluster.clusterIdentifier },
        }),
        2000,
      );
  }
}
