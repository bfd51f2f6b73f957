import { CfnParameter, CfnResource, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Name of the parameter of a stack whose new value lets a deployment call every custom resource of the cluster again. */
const RELEASE = 'Release';

const parameterOf = (stack: Stack): CfnParameter =>
  (stack.node.tryFindChild(RELEASE) as CfnParameter | undefined) ??
  new CfnParameter(stack, RELEASE, {
    default: '',
    description: 'With a value of its own, a deployment asks and tells the cluster again what it knows already',
  });

/**
 * Lets a deployment repeat what a custom resource of the CDK does in the cluster, without any change of the template: CloudFormation calls such
 * a resource only when one of its properties changes, and knows nothing of what a rollback or a person did there since. Without a value,
 * the one of the deployment before holds.
 */
export const repeatOnRelease = (construct: Construct): void => {
  const resource = construct.node.findChild('Resource').node.defaultChild;
  if (!(resource instanceof CfnResource)) throw new Error(`${construct.node.path} is no custom resource of the CDK`);
  resource.addPropertyOverride(RELEASE, parameterOf(Stack.of(construct)).valueAsString);
};
