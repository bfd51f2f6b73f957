import { CrossStackReferences, Duration, ReferenceStrength, Stack, Token } from 'aws-cdk-lib';
import { type IOidcProvider, OidcProviderNative, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Environment } from '../../environment/environment.ts';
import { acknowledge } from '../../guards/acknowledge.ts';
import { failureQueuePattern, logGroupPrefixes, partName, prefixOf, tablePattern } from '../../names.ts';
import { bootstrapRoleArn, GITHUB_ISSUER, githubPrincipal } from './github-principal.ts';
import { preflightPermissions } from './preflight-permissions.ts';
import { teardownPermissions } from './teardown-permissions.ts';
import { pipelinePermissions, verifyPermissions } from './verify-permissions.ts';

export type DeployRoleProps = NonNullable<Environment['delivery']> & {
  /** Name of the environment, in GitHub and here. */
  readonly environment: string;
  /** Tables that a deployment reads to see what it set off, as manifests declare them. */
  readonly readTables: readonly string[];
  /** Whether it may end the environment, with what AWS leaves beside the stacks. */
  readonly tearsDown: boolean;
};

/** What a GitHub workflow may do in this account: deploy one environment, by credentials that live for the four hours of the slowest one. */
export class DeployRole extends Construct {
  readonly role: Role;
  readonly provider: IOidcProvider;

  constructor(scope: Construct, id: string, props: DeployRoleProps) {
    super(scope, id);
    const prefix = prefixOf(props.environment);
    const stack = Stack.of(this);
    this.provider = props.createsProvider
      ? new OidcProviderNative(this, 'GitHub', { url: `https://${GITHUB_ISSUER}`, clientIds: ['sts.amazonaws.com'] })
      : OidcProviderNative.fromOidcProviderArn(
          this,
          'GitHub',
          stack.formatArn({ service: 'iam', region: '', resource: 'oidc-provider', resourceName: GITHUB_ISSUER }),
        );
    this.role = new Role(this, 'Role', {
      roleName: partName(props.environment, 'deploy'),
      description: `Deploys ${props.environment} from ${props.repository}`,
      maxSessionDuration: Duration.hours(4),
      // A workflow gets this subject only after the protection rules of the GitHub environment are met.
      assumedBy: githubPrincipal(this.provider, `repo:${props.repository}:environment:${props.environment}`),
    });
    CrossStackReferences.of(this.role).produce(ReferenceStrength.STRONG);
    const allow = (sid: string, actions: string[], resources: string[]) =>
      this.role.addToPolicy(new PolicyStatement({ sid, actions, resources }));
    allow(
      'ActAsBootstrapRoles',
      ['sts:AssumeRole', 'sts:TagSession'],
      ['deploy', 'file-publishing', 'image-publishing', 'lookup'].map((name) => bootstrapRoleArn(stack, name)),
    );
    allow('SignInToRegistry', ['ecr:GetAuthorizationToken'], ['*']);
    allow(
      'PublishImages',
      [
        'ecr:BatchCheckLayerAvailability',
        'ecr:BatchGetImage',
        'ecr:CompleteLayerUpload',
        'ecr:DescribeImages',
        'ecr:DescribeRepositories',
        'ecr:GetDownloadUrlForLayer',
        'ecr:InitiateLayerUpload',
        'ecr:PutImage',
        'ecr:UploadLayerPart',
      ],
      [stack.formatArn({ service: 'ecr', resource: 'repository', resourceName: `${prefix}/*` })],
    );
    allow(
      'ReadOutputs',
      ['cloudformation:DescribeStacks'],
      [stack.formatArn({ service: 'cloudformation', resource: 'stack', resourceName: `${prefix}-*` })],
    );
    allow(
      'FindCluster',
      ['eks:DescribeCluster'],
      [stack.formatArn({ service: 'eks', resource: 'cluster', resourceName: prefix })],
    );
    for (const statement of preflightPermissions(stack, prefix)) this.role.addToPolicy(statement);
    if (props.tearsDown)
      for (const statement of teardownPermissions(stack, props.environment)) this.role.addToPolicy(statement);
    for (const statement of [
      ...verifyPermissions(stack, props.environment, props.readTables),
      ...pipelinePermissions(stack, props.environment),
    ])
      this.role.addToPolicy(statement);
    acknowledge(
      this.role,
      'ECR hands out tokens for the whole registry only; certificates, zones, addresses and quotas have no names that are known beforehand, and are only read, as are mappings and metrics, which no statement can name.',
      'AwsSolutions-IAM5[Resource::*]',
    );
    const account = Token.isUnresolved(stack.account) ? '<AWS::AccountId>' : stack.account;
    acknowledge(
      this.role,
      'Repositories, stacks, roles, queues and stream jobs of this environment share the start of their names.',
      `AwsSolutions-IAM5[Resource::arn:${stack.partition}:cloudformation:${stack.region}:${account}:stack/${prefix}-*]`,
      `AwsSolutions-IAM5[Resource::arn:${stack.partition}:iam::${account}:role/${prefix}-*]`,
      `AwsSolutions-IAM5[Resource::arn:${stack.partition}:sqs:${stack.region}:${account}:${failureQueuePattern(props.environment)}]`,
      `AwsSolutions-IAM5[Resource::arn:${stack.partition}:kinesisanalytics:${stack.region}:${account}:application/${prefix}-*]`,
    );
    if (props.tearsDown)
      acknowledge(
        this.role,
        'Log groups that come back after their stacks share the beginnings of their names.',
        ...logGroupPrefixes(props.environment)
          .filter((prefix) => !prefix.endsWith('/'))
          .map(
            (prefix) =>
              `AwsSolutions-IAM5[Resource::arn:${stack.partition}:logs:${stack.region}:${account}:log-group:${prefix}*]`,
          ),
      );
    acknowledge(
      this.role,
      'CloudFormation ends the names of tables with letters of its own.',
      ...props.readTables.map(
        (table) =>
          `AwsSolutions-IAM5[Resource::arn:${stack.partition}:dynamodb:${stack.region}:${account}:table/${tablePattern(props.environment, table)}]`,
      ),
    );
  }
}
