import { CfnPodIdentityAssociation, type ICluster } from 'aws-cdk-lib/aws-eks-v2';
import { Policy, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

export type WorkloadIdentityProps = {
  readonly cluster: ICluster;
  readonly roleName: string;
  readonly namespace: string;
  /** Name of the Kubernetes service account whose pods get the role. */
  readonly serviceAccount: string;
  readonly statements: readonly PolicyStatement[];
};

/** A role that the pods of one service account hold through EKS Pod Identity. */
export class WorkloadIdentity extends Construct {
  readonly role: Role;
  readonly association: CfnPodIdentityAssociation;

  constructor(
    scope: Construct,
    id: string,
    { cluster, roleName, namespace, serviceAccount, statements }: WorkloadIdentityProps,
  ) {
    super(scope, id);
    this.role = new Role(this, 'Role', {
      roleName,
      assumedBy: new ServicePrincipal('pods.eks.amazonaws.com').withSessionTags(),
    });
    const policy =
      statements.length > 0
        ? new Policy(this, 'Policy', { roles: [this.role], statements: [...statements] })
        : undefined;
    this.association = new CfnPodIdentityAssociation(this, 'Association', {
      clusterName: cluster.clusterName,
      namespace,
      serviceAccount,
      roleArn: this.role.roleArn,
    });
    // Pods must not start with a role that may do nothing yet.
    if (policy) this.association.node.addDependency(policy);
  }
}
