/** Values that a deployment left behind, read from its stacks. */
import { CloudFormationClient, paginateDescribeStacks, type Stack } from '@aws-sdk/client-cloudformation';
import { awsQuestions, withClient } from '../aws/ask-aws.ts';
import { findingOfFailure } from '../aws/finding.ts';
import type { Environment } from '../environment/environment.ts';
import { partName } from '../names.ts';
import type { OutputOf } from '../workloads/environment-values.ts';
import { outputsByName, type StackOutputs } from './stack-outputs.ts';

/** Every stack of an account fits into a few pages; an answer later than this comes from something that hangs. */
const DEADLINE_MS = 30_000;

/** States in which a stack has outputs that belong together; after a failed first creation it has none. */
const isDeployed = ({ StackStatus: state = 'DELETE_COMPLETE' }: Stack) =>
  state.endsWith('_COMPLETE') && !/^(DELETE|ROLLBACK)_/.test(state);

const describeStacks = async (client: CloudFormationClient): Promise<Stack[]> => {
  const stacks: Stack[] = [];
  const pages = paginateDescribeStacks({ client }, {}, { abortSignal: AbortSignal.timeout(DEADLINE_MS) });
  for await (const { Stacks = [] } of pages) stacks.push(...Stacks);
  return stacks;
};

/**
 * Outputs of one environment's stacks by name, asked of CloudFormation with the caller's credentials. Throws one sentence when
 * there are no credentials, no answer within 30 s, no stack, one of another account or in the middle of a change, or when some
 * of the needed names are missing.
 */
export const readDeployedOutputs = async (
  environment: Environment,
  needed: readonly string[],
  client = new CloudFormationClient(awsQuestions(environment.region).settings),
): Promise<OutputOf> => {
  const { name, region, account } = environment;
  const stacks = await withClient(client, describeStacks).catch((problem: unknown) => {
    throw new Error(findingOfFailure(problem, environment, 'CloudFormation').problem, { cause: problem });
  });
  const own = stacks.filter(({ StackName = '' }) => StackName.startsWith(partName(name, '')));
  for (const { StackName, StackStatus: state, StackId = '' } of own) {
    const [, , , , holder] = StackId.split(':');
    if (account && holder !== account)
      throw new Error(
        `${StackName} is in account ${holder}, but ${name} lives in ${account}; set AWS_PROFILE to its profile`,
      );
    if (state?.endsWith('_IN_PROGRESS') && state !== 'REVIEW_IN_PROGRESS')
      throw new Error(`${StackName} is changing (${state}); render once its deployment is over`);
  }
  const deployed: StackOutputs = Object.fromEntries(
    own
      .filter(isDeployed)
      .map(({ StackName, Outputs = [] }) => [
        StackName,
        Object.fromEntries(Outputs.map(({ OutputKey, OutputValue = '' }) => [OutputKey, OutputValue])),
      ]),
  );
  if (Object.keys(deployed).length === 0)
    throw new Error(
      `no stack of ${name} is deployed in ${region} in this account; deploy it first, or set AWS_PROFILE`,
    );
  return outputsByName(deployed, needed, `${name} in ${region}`);
};
