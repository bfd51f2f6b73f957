import { Duration, Stack } from 'aws-cdk-lib';
import { ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { type IConnectable, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  CfnParameterGroup,
  CfnReplicationGroup,
  CfnSubnetGroup,
  CfnUser,
  CfnUserGroup,
} from 'aws-cdk-lib/aws-elasticache';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Environment } from '../../environment/environment.ts';
import { acknowledge } from '../../guards/acknowledge.ts';
import { type AlertTopics, OwnedAlarm } from '../owned-alarm.ts';
import type { PlatformNetwork } from '../platform-network.ts';

export type ValkeyCacheProps = Environment['cache'] & {
  /** Id of the replication group. */
  readonly name: string;
  readonly network: PlatformNetwork;
  readonly key: IKey;
  readonly alerts: AlertTopics;
  /** User as whom services sign in; a literal, because their addresses hold it. */
  readonly userName: string;
};

const PORT = 6379;

/**
 * Valkey behind TLS, for values that may vanish at any moment: the least used go first when memory is full.
 * Services sign in by IAM as one user; without a default user in the group nobody else gets in.
 */
export class ValkeyCache extends Construct {
  /** `host:port` of the primary. Holds tokens. */
  readonly address: string;
  /** What an IAM statement for `elasticache:Connect` must name. */
  readonly connectArns: readonly string[];
  private readonly securityGroup: SecurityGroup;

  constructor(scope: Construct, id: string, props: ValkeyCacheProps) {
    super(scope, id);
    const { name, network, userName } = props;
    this.securityGroup = new SecurityGroup(this, 'Access', {
      vpc: network.vpc,
      description: 'Valkey',
      allowAllOutbound: false,
    });
    const subnets = new CfnSubnetGroup(this, 'Subnets', {
      cacheSubnetGroupName: name,
      description: 'Isolated subnets',
      subnetIds: network.vpc.isolatedSubnets.map(({ subnetId }) => subnetId),
    });
    const parameters = new CfnParameterGroup(this, 'Parameters', {
      cacheParameterGroupFamily: `valkey${props.version.split('.')[0]}`,
      description: 'Evict the least recently used key when memory is full',
      properties: { 'maxmemory-policy': 'allkeys-lru' },
    });
    // With IAM, user id and user name must be the same.
    const services = new CfnUser(this, 'Services', {
      engine: 'valkey',
      userId: userName,
      userName,
      // INFO counts and names no key; it is what an analysis of the cache reads.
      accessString: 'on ~* +@all -@dangerous -@admin +info',
      authenticationMode: { Type: 'iam' },
    });
    const users = new CfnUserGroup(this, 'Users', {
      engine: 'valkey',
      userGroupId: name,
      userIds: [services.ref],
    });
    const cache = new CfnReplicationGroup(this, 'Cache', {
      replicationGroupId: name,
      replicationGroupDescription: 'Values that may vanish at any moment',
      engine: 'valkey',
      engineVersion: props.version,
      cacheNodeType: props.nodeType,
      numNodeGroups: 1,
      replicasPerNodeGroup: props.replicas,
      automaticFailoverEnabled: props.replicas > 0,
      multiAzEnabled: props.replicas > 0,
      cacheSubnetGroupName: subnets.ref,
      cacheParameterGroupName: parameters.ref,
      securityGroupIds: [this.securityGroup.securityGroupId],
      userGroupIds: [users.ref],
      port: PORT,
      transitEncryptionEnabled: true,
      transitEncryptionMode: 'required',
      atRestEncryptionEnabled: true,
      kmsKeyId: props.key.keyArn,
      // A version comes by a commit (docs/runbooks/upgrade-cache.md); by itself it would drift from the template.
      autoMinorVersionUpgrade: false,
      preferredMaintenanceWindow: 'tue:05:00-tue:06:00',
    });
    acknowledge(
      cache,
      'Services sign in by IAM through the user group; a password would be one more secret.',
      'AwsSolutions-AEC6',
    );
    if (props.replicas === 0)
      acknowledge(cache, 'Nothing is lost with the cache, and one node is cheaper.', 'AwsSolutions-AEC4');
    this.address = `${cache.attrPrimaryEndPointAddress}:${PORT}`;
    const arn = (resource: string) => Stack.of(this).formatArn({ service: 'elasticache', resource });
    this.connectArns = [arn(`replicationgroup:${name}`), arn(`user:${userName}`)];
    this.addAlarms(props);
  }

  /** Admits connections from a peer; the rule lives in this construct's stack. */
  admit(peer: IConnectable, description: string): void {
    this.securityGroup.connections.allowFrom(peer, Port.tcp(PORT), description);
  }

  private addAlarms({ name, replicas, alerts }: ValkeyCacheProps) {
    for (let node = 1; node <= replicas + 1; node += 1) {
      const metric = (metricName: string, statistic: string) =>
        new Metric({
          namespace: 'AWS/ElastiCache',
          metricName,
          statistic,
          period: Duration.minutes(5),
          dimensionsMap: { CacheClusterId: `${name}-${String(node).padStart(3, '0')}` },
        });
      const alarm = {
        alerts,
        severity: 'ticket',
        owner: 'platform',
        runbook: 'cache-pressure',
        evaluationPeriods: 3,
      } as const;
      const above = {
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      } as const;
      new OwnedAlarm(this, `Cpu${node}`, {
        ...alarm,
        ...above,
        meaning: `Node ${node} of the cache has used 80 % of its engine thread for 15 minutes.`,
        metric: metric('EngineCPUUtilization', 'Average'),
        threshold: 80,
      });
      new OwnedAlarm(this, `Evictions${node}`, {
        ...alarm,
        ...above,
        meaning: `Node ${node} of the cache pushes out more than 1,000 values in 5 minutes, so its memory is too small.`,
        metric: metric('Evictions', 'Sum'),
        threshold: 1000,
      });
    }
  }
}
