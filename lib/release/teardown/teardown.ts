/** `cloudmart teardown`: ends an environment so that the next deployment finds an account in which it works. */
import { accountOfCredentials, awsQuestions } from '../../aws/ask-aws.ts';
import { findingOfFailure } from '../../aws/finding.ts';
import type { Environment } from '../../environment/environment.ts';
import { accountFindings, accountOf } from '../preflight/preflight-account.ts';
import { deleteInstanceProfiles, deleteLogGroups, deleteValidationRecords } from './leftovers.ts';

export type TeardownRequest = {
  readonly environment: Environment;
  /** Account that the environment lives in, where `lib/environments.ts` names none. */
  readonly account?: string | undefined;
  /** Deletes the stacks, and gives the exit code of whoever does it. */
  readonly destroy: () => Promise<number>;
  /** Told one sentence before each step. */
  readonly progress: (sentence: string) => void;
  /** Milliseconds that one question to AWS may take; default 15,000. */
  readonly deadlineMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
};

export type TeardownReport = {
  readonly environment: string;
  /** Whether every stack is gone. */
  readonly isGone: boolean;
  /** What was deleted beside the stacks, each with its kind. */
  readonly removed: readonly string[];
  /** What became of it, and what to do. */
  readonly sentence: string;
};

/** A second pass meets what the first one left behind; what fails then needs a person. */
const PASSES = 2;

/**
 * Deletes the stacks of an environment, and between two passes and afterwards what AWS leaves of it. Throws one sentence where the environment
 * is protected, or the credentials are of another account.
 */
export const tearDown = async (request: TeardownRequest): Promise<TeardownReport> => {
  const { environment, destroy, progress, signal } = request;
  const { name, region } = environment;
  if (environment.protected)
    throw new Error(
      `${name} is protected, so no command ends it; docs/deploy.md, "Tear-down", says how to do it on purpose`,
    );
  const aws = awsQuestions(region, request.deadlineMs, signal);
  const asked = async <T>(service: string, question: () => Promise<T>): Promise<T> => {
    try {
      return await question();
    } catch (problem) {
      throw new Error(findingOfFailure(problem, environment, service).problem, { cause: problem });
    }
  };
  const account = await asked('STS', () => accountOfCredentials(aws));
  const [wrong] = accountFindings(environment, account, accountOf(environment, request.account));
  if (wrong) throw new Error(wrong.problem);

  const removed: string[] = [];
  let isGone = false;
  for (let pass = 1; pass <= PASSES && !isGone; pass += 1) {
    progress(`deleting the stacks of ${name} in account ${account}${pass > 1 ? ', once more' : ''}`);
    isGone = (await destroy()) === 0;
    progress('looking for what AWS made beside the stacks and keeps them from going');
    const found = [
      ...(await asked('EKS or IAM', () => deleteInstanceProfiles(aws, name))),
      ...(await asked('CloudFormation or Route 53', () => deleteValidationRecords(aws, name))),
    ];
    removed.push(...found);
  }
  if (!isGone)
    return {
      environment: name,
      isGone,
      removed,
      sentence: `${name} is not gone: a stack could not be deleted, twice; look for DELETE_FAILED in CloudFormation, end what its events name, and run the same command again`,
    };
  progress('deleting the log groups that came back after their stacks');
  removed.push(...(await asked('CloudWatch Logs', () => deleteLogGroups(aws, name))));
  return {
    environment: name,
    isGone,
    removed,
    sentence: `${name} is gone but for its stack Delivery, by which the next deployment comes in`,
  };
};
