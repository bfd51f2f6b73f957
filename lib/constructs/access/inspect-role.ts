import { Duration, Stack } from 'aws-cdk-lib';
import { type IOidcProvider, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { partName } from '../../names.ts';
import { bootstrapRoleArn, githubPrincipal } from './github-principal.ts';

export type InspectRoleProps = {
  /** Name of the environment. */
  readonly environment: string;
  /** GitHub repository as owner/name. */
  readonly repository: string;
  readonly provider: IOidcProvider;
};

/**
 * What a nightly workflow of main may do: become the reader that `cdk bootstrap` makes, which can decrypt nothing. It stands outside of
 * the GitHub environments, because nobody approves anything at night.
 */
export class InspectRole extends Construct {
  constructor(scope: Construct, id: string, { environment, repository, provider }: InspectRoleProps) {
    super(scope, id);
    new Role(this, 'Role', {
      roleName: partName(environment, 'inspect'),
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
