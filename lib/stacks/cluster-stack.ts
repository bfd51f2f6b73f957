import { AccessEntry, AccessPolicy, AccessScopeType, type Cluster } from 'aws-cdk-lib/aws-eks-v2';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { KubernetesCluster } from '../constructs/cluster/kubernetes-cluster.ts';
import type { AlertTopics } from '../constructs/owned-alarm.ts';
import type { PlatformNetwork } from '../constructs/platform-network.ts';
import type { Environment } from '../environment/environment.ts';
import { PlatformStack } from './platform-stack.ts';

export type ClusterStackProps = {
  readonly environment: Environment;
  readonly network: PlatformNetwork;
  readonly key: IKey;
  readonly alerts: AlertTopics;
  /** Who watches rollouts in a namespace, and may undo them; absent: people only. */
  readonly deployer?: { readonly role: IRole; readonly namespace: string };
};

export class ClusterStack extends PlatformStack {
  readonly cluster: Cluster;

  constructor(scope: Construct, id: string, { environment, deployer, ...props }: ClusterStackProps) {
    super(scope, id, { environment, description: 'Kubernetes: control plane, nodes, add-ons and access' });
    this.cluster = new KubernetesCluster(this, 'Kubernetes', {
      environment,
      clusterName: this.prefix,
      ...props,
    }).cluster;
    if (deployer)
      new AccessEntry(this, 'Rollouts', {
        cluster: this.cluster,
        principal: deployer.role.roleArn,
        accessPolicies: [
          AccessPolicy.fromAccessPolicyName('AmazonEKSEditPolicy', {
            accessScopeType: AccessScopeType.NAMESPACE,
            namespaces: [deployer.namespace],
          }),
        ],
      });
    this.publish('ClusterName', this.cluster.clusterName);
  }
}
