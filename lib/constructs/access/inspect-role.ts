import { Duration, Stack } from 'aws-cdk-lib';
import { type IOidcProvider, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { bootstrapRoleArn, githubPrincipal } from './github-principal.ts';

export type InspectRoleProps = {
  /** Name of the environment. */
  readonly environment: string;
  /** GitHub repository as owner/name. */
  readonly repository: string;
  /** Start of physical names of the environment. */
  readonly prefix: string;
  readonly provider: IOidcProvider;
};

/**
 * What a nightly workflow of main may do: become the reader that `cdk bootstrap` makes, which can decrypt nothing. It stands outside of
 * the GitHub environments, because nobody approves anything at night.
 */
export class InspectRole extends Construct {
  constructor(scope: Construct, id: string, { environment, repository, prefix, provider }: InspectRoleProps) {
    super(scope, id);
    new Role(this, 'Role', {
      roleName: `${prefix}-inspect`,
      description: `Looks for drift of ${environment} from ${repository}`,
      maxSessionDuration: Duration.hours(1),
      assumedBy: githubPrincipal(provider, `repo:${repository}:ref:refs/heads/main`),
    }).addToPolicy(
      new PolicyStatement({
        sid: 'ReadAsBootstrapRole',
        actions: ['sts:AssumeRole', 'sts:TagSession'],
        resources: [bootstrapRoleArn(Stack.of(this), 'lookup')],
      }),
    );
  }
}
