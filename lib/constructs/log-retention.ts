import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';

/** Lets every log group below a construct keep its lines for a number of days and go with its stack; CDK would keep those of its own functions. */
export const limitLogs = (scope: IConstruct, days: number): void => {
  for (const { defaultChild } of scope.node.findAll().map(({ node }) => node))
    if (defaultChild instanceof CfnLogGroup) {
      defaultChild.retentionInDays = days;
      defaultChild.applyRemovalPolicy(RemovalPolicy.DESTROY);
    }
};
