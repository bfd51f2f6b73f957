/** How every declared pipeline is: as the shop tells it to staff, and on AWS with what only AWS knows. */
import type { ShopClient } from '../../services/contracts/http/client.ts';
import { awsQuestions } from '../aws/ask-aws.ts';
import { sentenceOfFailure } from '../aws/finding.ts';
import type { Environment } from '../environment/environment.ts';
import { completedOnAws } from './deployed-pipelines.ts';

export type PipelinesAnswer = Awaited<ReturnType<ShopClient['operations']['pipelines']>>;

/**
 * @param environment of a shop on AWS; undefined: the shop runs here, and knows everything itself
 * @param say gets one sentence when AWS cannot be asked, so that the answer is the shop's alone
 */
export const lookAtPipelines = async (
  operations: ShopClient['operations'],
  environment: Environment | undefined,
  say: (sentence: string) => void,
): Promise<PipelinesAnswer> => {
  const answer = await operations.pipelines();
  if (!environment) return answer;
  try {
    const aws = awsQuestions(environment.region);
    return { ...answer, pipelines: await completedOnAws(answer.pipelines, environment, new Date(answer.at), aws) };
  } catch (problem) {
    say(
      `of functions and stream jobs this is only what the shop knows: ${sentenceOfFailure(problem, environment, 'Lambda, CloudWatch or SQS')}`,
    );
    return answer;
  }
};
