import { Duration } from 'aws-cdk-lib';
import { AccessPolicy, AccessScopeType, type Cluster } from 'aws-cdk-lib/aws-eks-v2';
import { AccountRootPrincipal, CompositePrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

export type ClusterAccessProps = {
  readonly cluster: Cluster;
  readonly clusterName: string;
  /** ARNs of roles, * allowed, that come in without a second factor in their session. */
  readonly administrators: readonly string[];
};

/**
 * People come in by assuming one of two roles; their own identity must allow it. A user of IAM shows a second factor. Sessions of IAM Identity
 * Center, of SAML and of chained roles never do, because who issued them asked for it before: their roles are named instead.
 * Source: IAM user guide, "AWS global condition context keys", `aws:MultiFactorAuthPresent` and `aws:PrincipalArn`.
 */
export class ClusterAccess extends Construct {
  constructor(scope: Construct, id: string, { cluster, clusterName, administrators }: ClusterAccessProps) {
    super(scope, id);
    const people = new CompositePrincipal(
      new AccountRootPrincipal().withConditions({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }),
      ...(administrators.length > 0
        ? [new AccountRootPrincipal().withConditions({ ArnLike: { 'aws:PrincipalArn': [...administrators] } })]
        : []),
    );
    const role = (id: string, name: string, description: string) =>
      new Role(this, id, {
        roleName: `${clusterName}-${name}`,
        description,
        assumedBy: people,
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
