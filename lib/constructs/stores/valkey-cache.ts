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

/** As whom a service signs in. */
export type CacheUser = {
  readonly service: string;
  /** A literal, because the address that the service gets holds it. */
  readonly name: string;
  /** Rules of Valkey's access control lists. */
  readonly rights: readonly string[];
};

export type ValkeyCacheProps = Environment['cache'] & {
  /** Id of the replication group. */
  readonly name: string;
  readonly network: PlatformNetwork;
  readonly key: IKey;
  readonly alerts: AlertTopics;
  readonly users: readonly CacheUser[];
};

const PORT = 6379;

/**
 * Valkey behind TLS, for values that may vanish at any moment: the least used go first when memory is full.
 * Services sign in by IAM, each as its own user. A group of engine `valkey` switches the default user off, so nobody else gets in.
 * Source: ElastiCache user guide, "Role-Based Access Control", RBAC with Valkey.
 */
export class ValkeyCache extends Construct {
  /** `host:port` of the primary. Holds tokens. */
  readonly address: string;
  private readonly userNames: ReadonlyMap<string, string>;
  private readonly name: string;
  private readonly securityGroup: SecurityGroup;

  constructor(scope: Construct, id: string, props: ValkeyCacheProps) {
    super(scope, id);
    const { name, network, users } = props;
    this.name = name;
    this.userNames = new Map(users.map((user) => [user.service, user.name]));
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
    const ownUsers = users.map(
      (user) =>
        new CfnUser(this, `User-${user.service}`, {
          engine: 'valkey',
          // With IAM, user id and user name must be the same.
          userId: user.name,
          userName: user.name,
          accessString: ['on', ...user.rights].join(' '),
          authenticationMode: { Type: 'iam' },
        }),
    );
    const group = new CfnUserGroup(this, 'Users', {
      engine: 'valkey',
      userGroupId: name,
      userIds: ownUsers.map(({ ref }) => ref),
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
      userGroupIds: [group.ref],
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
    this.addAlarms(props);
  }

  /** What a statement of IAM for `elasticache:Connect` must name, so that a service comes in as itself and as nobody else. */
  connectArns(service: string): readonly string[] {
    const user = this.userNames.get(service);
    if (user === undefined)
      throw new Error(`${service} has no user in the cache; its manifest declares cache or operates.sharedCache`);
    const arn = (resource: string) => Stack.of(this).formatArn({ service: 'elasticache', resource });
    return [arn(`replicationgroup:${this.name}`), arn(`user:${user}`)];
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
