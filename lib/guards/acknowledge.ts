import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Notes an exception to rules beside the resource that needs it, with its reason. */
export const acknowledge = (construct: IConstruct, reason: string, ...ids: readonly string[]): void => {
  for (const id of ids) Validations.of(construct).acknowledge({ id, reason });
};

/** Notes that roles below a construct carry policies that AWS writes and keeps current. */
export const acknowledgeManagedPolicies = (
  construct: IConstruct,
  reason: string,
  ...policies: readonly string[]
): void =>
  acknowledge(
    construct,
    reason,
    ...policies.map((policy) => `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${policy}]`),
  );
