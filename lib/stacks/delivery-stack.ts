import type { Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { DeployRole } from '../constructs/access/deploy-role.ts';
import { InspectRole } from '../constructs/access/inspect-role.ts';
import type { Environment } from '../environment/environment.ts';
import { PlatformStack } from './platform-stack.ts';

export type DeliveryStackProps = {
  readonly environment: Environment;
  readonly delivery: NonNullable<Environment['delivery']>;
  /** Tables that a deployment reads to see what it set off, as manifests declare them. */
  readonly readTables: readonly string[];
};

/** It needs no other stack, so that it can be there before them and stay when they are torn down. */
export class DeliveryStack extends PlatformStack {
  /** The role that a deployment from GitHub has. */
  readonly deployRole: Role;

  constructor(scope: Construct, id: string, { environment, delivery, readTables }: DeliveryStackProps) {
    super(scope, id, { environment, description: 'The roles by which GitHub deploys and inspects this environment' });
    const { role, provider } = new DeployRole(this, 'Deploy', {
      environment: environment.name,
      readTables,
      tearsDown: !environment.protected,
      ...delivery,
    });
    this.deployRole = role;
    new InspectRole(this, 'Inspect', {
      environment: environment.name,
      repository: delivery.repository,
      provider,
    });
    this.publish('DeployRoleArn', role.roleArn);
  }
}
