/**
 * What of a pipeline only AWS knows: whether Lambda reads for a function, how old the changes are that it hands over, what it gave up;
 * whether a stream job runs. No pod has the right to ask: Lambda and CloudWatch admit such questions on everything or not at all.
 */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { type Pipeline, pipelineStatus } from '../../services/contracts/http/operations/pipelines-api.ts';
import { type AwsQuestions, withClient } from '../aws/ask-aws.ts';
import type { Environment } from '../environment/environment.ts';
import { partName } from '../names.ts';
import { fails, givenUpBy, isEnabled, mappingsOf, notesOf, reads } from './function-mappings.ts';
import { newestMetrics } from './newest-metrics.ts';
import type { Seen } from './seen.ts';
import { lookAtStreamJob } from './stream-job.ts';

/** What Lambda has handed over within so long is what it reads now; CloudWatch tells it a minute or two later. */
const NOW_MS = 5 * 60_000;

/** How far a function is that follows a table: Lambda counts no changes, and measures the age of those that it hands over. */
const ageOfChanges = async (functionName: string, doesFail: boolean, now: Date, aws: AwsQuestions) => {
  const metric = { namespace: 'AWS/Lambda', name: 'IteratorAge', of: { FunctionName: functionName } };
  const [newest] = await withClient(new CloudWatchClient(aws.settings), (client) =>
    newestMetrics(client, [metric], now, aws),
  );
  const lastEventAt = newest?.at.toISOString() ?? null;
  if (!newest) return { lastEventAt, freshnessSeconds: doesFail ? null : 0 };
  const sinceMs = now.getTime() - newest.at.getTime();
  // What failed waits on; otherwise nothing was handed over because nothing came.
  const waitedMs = doesFail || sinceMs < NOW_MS ? newest.value + (doesFail ? sinceMs : 0) : 0;
  return { lastEventAt, freshnessSeconds: Math.round(waitedMs / 1000) };
};

const lookAtFunction = async (
  pipeline: Pipeline,
  { name: environment }: Pick<Environment, 'name'>,
  now: Date,
  aws: AwsQuestions,
): Promise<Seen> => {
  const { source, to, kind } = pipeline;
  const functionName = partName(environment, to);
  const mapping = (await mappingsOf(functionName, aws)).find((each) => reads(each, source, environment));
  if (!mapping) return { isEnabled: false, notes: [`no event source mapping of ${functionName} reads it`] };
  const givenUp = await givenUpBy(mapping, aws);
  const state = isEnabled(mapping);
  const seen = { isEnabled: state, notes: notesOf(mapping) };
  if (kind === 'table-function')
    return { ...seen, ...(await ageOfChanges(functionName, fails(mapping), now, aws)), deadLetters: givenUp };
  return {
    ...seen,
    // Its pollers are members of a group, whom the shop sees.
    isEnabled: state === true ? pipeline.isEnabled : state,
    deadLetters: (pipeline.deadLetters ?? 0) + givenUp,
  };
};

const complete = async (
  pipeline: Pipeline,
  environment: Pick<Environment, 'name'>,
  now: Date,
  aws: AwsQuestions,
): Promise<Pipeline> => {
  const { kind, to } = pipeline;
  if (kind === 'consumer') return pipeline;
  const { notes, ...seen } =
    kind === 'stream-job'
      ? await lookAtStreamJob(partName(environment.name, to), now, aws)
      : await lookAtFunction(pipeline, environment, now, aws);
  // Of a reader of topics the shop knows something too; of the others it says only that it knows nothing.
  const known = kind === 'function' && pipeline.note !== null ? [pipeline.note] : [];
  const completed = { ...pipeline, ...seen, note: [...known, ...notes].join('; ') || null };
  return { ...completed, status: pipelineStatus(completed) };
};

/**
 * The same pipelines, completed with the caller's credentials. A stream job that the environment does not run is left out. Throws what
 * the SDK throws; each question has a deadline.
 */
export const completedOnAws = (
  pipelines: readonly Pipeline[],
  environment: Pick<Environment, 'name' | 'streamJobs'>,
  now: Date,
  aws: AwsQuestions,
): Promise<Pipeline[]> =>
  Promise.all(
    pipelines
      .filter(({ kind }) => kind !== 'stream-job' || environment.streamJobs)
      .map((pipeline) => complete(pipeline, environment, now, aws)),
  );
