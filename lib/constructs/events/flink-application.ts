import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnApplication, CfnApplicationCloudWatchLoggingOption } from 'aws-cdk-lib/aws-kinesisanalyticsv2';
import { LogGroup, LogStream } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { ServiceManifest } from '../../../services/kit/manifest.ts';
import { acknowledge } from '../../guards/acknowledge.ts';
import { streamJobLogGroup } from '../../names.ts';
import { type AlertTopics, OwnedAlarm } from '../owned-alarm.ts';
import type { PlatformNetwork } from '../platform-network.ts';
import type { FunctionCode } from './event-function.ts';

export type FlinkApplicationProps = {
  readonly service: ServiceManifest;
  readonly applicationName: string;
  /** Bundle from which the JAR of the application is made when it is published. */
  readonly code: FunctionCode;
  /** Properties that the application reads, as group `Environment`. */
  readonly variables: Readonly<Record<string, string>>;
  readonly statements: readonly PolicyStatement[];
  readonly network: PlatformNetwork;
  /** Days that logs are kept. */
  readonly logDays: number;
  readonly alerts: AlertTopics;
};

/** One Kinesis processing unit is one vCPU and 4 GiB. */
const MILLIS_PER_UNIT = 1000;

/** A Flink application as a manifest declares it: checkpoints every minute, goes on from the last one, alarms when it falls over. */
export class FlinkApplication extends Construct {
  readonly securityGroup: SecurityGroup;

  constructor(scope: Construct, id: string, props: FlinkApplicationProps) {
    super(scope, id);
    const { service, applicationName, network } = props;
    // Made when it is published: synthesis needs no Java, and the hash of what it is made from is known without.
    const code = Stack.of(this).synthesizer.addFileAsset({
      sourceHash: props.code.hash,
      executable: ['node', 'lib/bundle/stream-job/main.ts', service.name, props.code.hash],
      displayName: `${service.name}/Code`,
    });
    const codeBucketArn = Stack.of(this).formatArn({
      ...{ service: 's3', region: '', account: '', resource: code.bucketName },
    });
    const logs = new LogGroup(this, 'Logs', {
      logGroupName: streamJobLogGroup(applicationName),
      retention: props.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const stream = new LogStream(this, 'LogStream', {
      logGroup: logs,
      logStreamName: 'application',
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      roleName: applicationName,
      assumedBy: new ServicePrincipal('kinesisanalytics.amazonaws.com'),
    });
    for (const statement of props.statements) role.addToPolicy(statement);
    role.addToPolicy(
      new PolicyStatement({
        sid: 'LiveInNetwork',
        actions: [
          'ec2:CreateNetworkInterface',
          'ec2:CreateNetworkInterfacePermission',
          'ec2:DeleteNetworkInterface',
          'ec2:DescribeDhcpOptions',
          'ec2:DescribeNetworkInterfaces',
          'ec2:DescribeSecurityGroups',
          'ec2:DescribeSubnets',
          'ec2:DescribeVpcs',
        ],
        resources: ['*'],
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        sid: 'ReadCode',
        actions: ['s3:GetObject', 's3:GetObjectVersion'],
        resources: [`${codeBucketArn}/${code.objectKey}`],
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        sid: 'WriteLog',
        actions: ['logs:DescribeLogStreams', 'logs:PutLogEvents'],
        resources: [logs.logGroupArn],
      }),
    );
    acknowledge(
      role,
      'Network interfaces of an application cannot be named before they exist.',
      'AwsSolutions-IAM5[Resource::*]',
    );
    this.securityGroup = new SecurityGroup(this, 'Access', {
      vpc: network.vpc,
      description: `Flink application ${service.name}`,
    });
    // The service takes no value without a letter; one that is missing means the same to a job.
    const propertyMap = Object.fromEntries(Object.entries(props.variables).filter(([, value]) => value !== ''));
    const application = new CfnApplication(this, 'Application', {
      applicationName,
      applicationDescription: service.summary,
      // The newest line that the service offers; the JAR is built for it (services/kit/stream-jobs/flink/pom.xml).
      runtimeEnvironment: 'FLINK-2_2',
      serviceExecutionRole: role.roleArn,
      applicationConfiguration: {
        applicationCodeConfiguration: {
          codeContentType: 'ZIPFILE',
          codeContent: { s3ContentLocation: { bucketArn: codeBucketArn, fileKey: code.objectKey } },
        },
        applicationSnapshotConfiguration: { snapshotsEnabled: true },
        environmentProperties: { propertyGroups: [{ propertyGroupId: 'Environment', propertyMap }] },
        flinkApplicationConfiguration: {
          checkpointConfiguration: {
            configurationType: 'CUSTOM',
            checkpointingEnabled: true,
            checkpointInterval: 60_000,
            minPauseBetweenCheckpoints: 5_000,
          },
          monitoringConfiguration: { configurationType: 'CUSTOM', logLevel: 'INFO', metricsLevel: 'APPLICATION' },
          parallelismConfiguration: {
            configurationType: 'CUSTOM',
            parallelism: Math.max(1, Math.ceil(service.size.cpuMillis / MILLIS_PER_UNIT)),
            parallelismPerKpu: 1,
            autoScalingEnabled: service.scaling.max > service.scaling.min,
          },
        },
        vpcConfigurations: [
          {
            subnetIds: network.vpc.privateSubnets.map(({ subnetId }) => subnetId),
            securityGroupIds: [this.securityGroup.securityGroupId],
          },
        ],
      },
      // A new version goes on from the state of the old one.
      runConfiguration: {
        applicationRestoreConfiguration: { applicationRestoreType: 'RESTORE_FROM_LATEST_SNAPSHOT' },
        flinkRunConfiguration: { allowNonRestoredState: false },
      },
    });
    application.node.addDependency(role);
    const logging = new CfnApplicationCloudWatchLoggingOption(this, 'Logging', {
      applicationName: application.ref,
      cloudWatchLoggingOption: {
        logStreamArn: Stack.of(this).formatArn({
          service: 'logs',
          resource: `log-group:${logs.logGroupName}:log-stream:${stream.logStreamName}`,
        }),
      },
    });
    logging.node.addDependency(stream);
    this.addAlarms(props);
  }

  private addAlarms({ alerts, service, applicationName }: FlinkApplicationProps) {
    const metric = (metricName: string) =>
      new Metric({
        namespace: 'AWS/KinesisAnalytics',
        metricName,
        statistic: 'Maximum',
        period: Duration.minutes(5),
        dimensionsMap: { Application: applicationName },
      });
    const alarm = {
      alerts,
      owner: service.name,
      runbook: 'stream-job',
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    } as const;
    new OwnedAlarm(this, 'Down', {
      ...alarm,
      severity: 'page',
      meaning: `The stream job ${service.name} has been down for 10 minutes.`,
      metric: metric('downtime'),
      threshold: 0,
      evaluationPeriods: 2,
      treatMissingData: TreatMissingData.BREACHING,
    });
    new OwnedAlarm(this, 'FailedCheckpoints', {
      ...alarm,
      severity: 'ticket',
      meaning: `The stream job ${service.name} cannot save its state.`,
      metric: metric('numberOfFailedCheckpoints'),
      threshold: 0,
      evaluationPeriods: 2,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
