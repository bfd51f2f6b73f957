import { Duration } from 'aws-cdk-lib';
import { AccessPolicy, AccessScopeType, type Cluster } from 'aws-cdk-lib/aws-eks-v2';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

export type ClusterAccessProps = {
  readonly cluster: Cluster;
  readonly clusterName: string;
};

/** People come in by assuming one of two roles; their own identity must allow it, with a second factor. */
export class ClusterAccess extends Construct {
  constructor(scope: Construct, id: string, { cluster, clusterName }: ClusterAccessProps) {
    super(scope, id);
    const role = (id: string, name: string, description: string) =>
      new Role(this, id, {
        roleName: `${clusterName}-${name}`,
        description,
        assumedBy: new AccountRootPrincipal().withConditions({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }),
        maxSessionDuration: Duration.hours(4),
      });
    const wholeCluster = { accessScopeType: AccessScopeType.CLUSTER };
    const administrator = role('Administrator', 'cluster-administrator', 'Everything inside the cluster.');
    cluster.grantAccess('AdministratorAccess', administrator.roleArn, [
      AccessPolicy.fromAccessPolicyName('AmazonEKSClusterAdminPolicy', wholeCluster),
    ]);
    const viewer = role('Viewer', 'cluster-viewer', 'Reads the objects of the cluster, secrets excepted.');
    cluster.grantAccess('ViewerAccess', viewer.roleArn, [
      AccessPolicy.fromAccessPolicyName('AmazonEKSViewPolicy', wholeCluster),
    ]);
  }
}
