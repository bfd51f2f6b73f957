import { RemovalPolicy } from 'aws-cdk-lib';

/**
 * What becomes of a resource when it leaves its stack: kept where the environment is protected, else deleted. Never plain `RETAIN`, which
 * also keeps what a failed first creation rolls back: the next try would find its names taken.
 * Source: CloudFormation user guide, "DeletionPolicy attribute", `RetainExceptOnCreate`.
 */
export const removalPolicyOf = (isRetained: boolean): RemovalPolicy =>
  isRetained ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
