import { AccessEntry, AccessPolicy, AccessScopeType, type ICluster } from 'aws-cdk-lib/aws-eks-v2';
import type { Construct } from 'constructs';
import { DeployRole } from '../constructs/deploy-role.ts';
import type { Environment } from '../environment.ts';
import { PlatformStack } from './platform-stack.ts';

export type DeliveryStackProps = {
  readonly environment: Environment;
  readonly delivery: NonNullable<Environment['delivery']>;
  readonly cluster: ICluster;
  /** Namespace whose rollouts a deployment watches and may undo. */
  readonly namespace: string;
};

export class DeliveryStack extends PlatformStack {
  constructor(scope: Construct, id: string, { environment, delivery, cluster, namespace }: DeliveryStackProps) {
    super(scope, id, { environment, description: 'The role by which GitHub deploys this environment' });
    const { role } = new DeployRole(this, 'Deploy', {
      environment: environment.name,
      prefix: this.prefix,
      clusterArn: cluster.clusterArn,
      ...delivery,
    });
    new AccessEntry(this, 'Rollouts', {
      cluster,
      principal: role.roleArn,
      accessPolicies: [
        AccessPolicy.fromAccessPolicyName('AmazonEKSEditPolicy', {
          accessScopeType: AccessScopeType.NAMESPACE,
          namespaces: [namespace],
        }),
      ],
    });
    this.publish('DeployRoleArn', role.roleArn);
  }
}
