import { Stack } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/**
 * Managed Prometheus on behalf of a workspace of this account and region. Which one cannot be said: AWS makes the ids, and the workspace needs
 * the topics and keys that name it here.
 * Source: Managed Prometheus user guide, "Giving permission to send alert messages to your Amazon SNS topic".
 */
export const anyWorkspace = (scope: Construct): ServicePrincipal => {
  const { account, partition, region } = Stack.of(scope);
  return new ServicePrincipal('aps.amazonaws.com', {
    conditions: {
      StringEquals: { 'aws:SourceAccount': account },
      ArnLike: { 'aws:SourceArn': `arn:${partition}:aps:${region}:${account}:workspace/*` },
    },
  });
};
