import { Aws } from 'aws-cdk-lib';
import { type IRole, Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge } from '../../guards/acknowledge.ts';

const CLUSTER = 'eks:eks-cluster-name';
/** EKS signs its calls with the name of the cluster as a session tag, so each statement ends at this cluster's own resources. */
const own = `\${aws:PrincipalTag/${CLUSTER}}`;
const requested = { [`aws:RequestTag/${CLUSTER}`]: own };

const statements = (): PolicyStatement[] => [
  new PolicyStatement({
    sid: 'Compute',
    actions: ['ec2:CreateFleet', 'ec2:RunInstances', 'ec2:CreateLaunchTemplate'],
    resources: ['*'],
    conditions: {
      StringEquals: requested,
      StringLike: {
        'aws:RequestTag/eks:kubernetes-node-class-name': '*',
        'aws:RequestTag/eks:kubernetes-node-pool-name': '*',
      },
    },
  }),
  new PolicyStatement({
    sid: 'Storage',
    actions: ['ec2:CreateVolume', 'ec2:CreateSnapshot'],
    resources: ['volume', 'snapshot'].map((kind) => `arn:${Aws.PARTITION}:ec2:*:*:${kind}/*`),
    conditions: { StringEquals: requested },
  }),
  new PolicyStatement({
    sid: 'Networking',
    actions: ['ec2:CreateNetworkInterface'],
    resources: ['*'],
    conditions: { StringEquals: requested, StringLike: { 'aws:RequestTag/eks:kubernetes-cni-node-name': '*' } },
  }),
  new PolicyStatement({
    sid: 'LoadBalancer',
    actions: [
      'elasticloadbalancing:CreateLoadBalancer',
      'elasticloadbalancing:CreateTargetGroup',
      'elasticloadbalancing:CreateListener',
      'elasticloadbalancing:CreateRule',
      'ec2:CreateSecurityGroup',
    ],
    resources: ['*'],
    conditions: { StringEquals: requested },
  }),
  new PolicyStatement({
    sid: 'ChangeTags',
    actions: ['ec2:CreateTags', 'ec2:DeleteTags', 'elasticloadbalancing:AddTags', 'elasticloadbalancing:RemoveTags'],
    resources: ['*'],
    conditions: { StringEquals: { [`aws:ResourceTag/${CLUSTER}`]: own } },
  }),
];

/**
 * Lets Auto Mode put our tags on the nodes, volumes and load balancers that it makes: the managed policies allow its own tags alone and
 * deny everything that carries another. Source: EKS user guide, "Amazon EKS Auto Mode cluster IAM role", "Custom AWS tags".
 */
export class ClusterTagging extends Construct {
  /** @param role role of the cluster itself, not of its nodes */
  constructor(scope: Construct, id: string, { role }: { readonly role: IRole }) {
    super(scope, id);
    const policy = new Policy(this, 'Policy', { roles: [role], statements: statements() });
    acknowledge(
      policy,
      'What Auto Mode makes has no name beforehand; the conditions end each statement at the resources of this cluster.',
      'AwsSolutions-IAM5[Resource::*]',
    );
  }
}
