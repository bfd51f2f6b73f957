/** What Lambda, SQS, CloudWatch and Managed Flink answer about pipelines, in their own protocols, and what is made of it. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Pipeline } from '../../services/contracts/http/operations/pipelines-api.ts';
import { awsQuestions } from '../aws/ask-aws.ts';
import { completedOnAws } from './deployed-pipelines.ts';
import {
  type FunctionsAccount,
  type FunctionsPeer,
  type Measured,
  startFunctionsPeer,
  tableMapping,
  topicMapping,
} from './testing/functions-peer.ts';
import { anUntoldPipeline } from './testing/pipelines.ts';

const now = new Date('2026-11-30T12:00:00Z');
const staging = { name: 'staging', streamJobs: true } as const;

const topicFunction = (differing: Partial<Pipeline> = {}) =>
  anUntoldPipeline({
    ...{ kind: 'function', source: { kind: 'topic', name: 'order-events' }, isEnabled: true, lag: 0 },
    ...{ freshnessSeconds: 0, deadLetters: 2, note: null },
    ...differing,
  });
const streamJob = () =>
  anUntoldPipeline({
    kind: 'stream-job',
    source: { kind: 'topic', name: 'order-events' },
    to: 'figures',
    lag: 3,
    freshnessSeconds: 1,
  });

let peer: FunctionsPeer;
let holds: FunctionsAccount;
beforeEach(async () => {
  peer = await startFunctionsPeer(now);
  ({ holds } = peer);
  holds.mappings = [tableMapping(), topicMapping()];
});
afterEach(() => peer.stop());

const complete = async (...pipelines: Pipeline[]) => completedOnAws(pipelines, staging, now, awsQuestions('us-east-1'));

test('a function that follows a table is well while its mapping is on and hands over what is young', async () => {
  holds.metrics = {
    'IteratorAge cloudmart-staging-export': [
      [60, 900],
      [120, 55_000],
    ],
  };
  const [seen] = await complete(anUntoldPipeline({}));
  expect(seen).toMatchObject({
    ...{ status: 'well', isEnabled: true, lag: null, freshnessSeconds: 1, deadLetters: 1, note: null },
    lastEventAt: '2026-11-30T11:59:00.000Z',
  });
  expect(peer.asked.toSorted()).toEqual([
    'lambda:ListEventSourceMappings cloudmart-staging-export',
    'monitoring:GetMetricData',
    'sqs:GetQueueAttributes',
    'sqs:GetQueueUrl',
  ]);
});

test('it is stopped by name where somebody switched the mapping off, and where there is none', async () => {
  holds.mappings = [tableMapping({ State: 'Disabled', StateTransitionReason: 'User initiated' })];
  expect((await complete(anUntoldPipeline({})))[0]).toMatchObject({
    status: 'stopped',
    isEnabled: false,
    note: 'Lambda has its mapping 0e1f as Disabled (User initiated)',
  });
  holds.mappings = [topicMapping()];
  expect((await complete(anUntoldPipeline({})))[0]).toMatchObject({
    status: 'stopped',
    note: 'no event source mapping of cloudmart-staging-export reads it',
  });
});

test('it is behind while what it hands over is old, and while what failed waits to be tried again', async () => {
  holds.metrics = { 'IteratorAge cloudmart-staging-export': [[60, 61_000]] };
  expect((await complete(anUntoldPipeline({})))[0]).toMatchObject({ status: 'behind', freshnessSeconds: 61 });
  holds.metrics = { 'IteratorAge cloudmart-staging-export': [[600, 2_000]] };
  expect((await complete(anUntoldPipeline({})))[0]).toMatchObject({ status: 'well', freshnessSeconds: 0 });
  holds.mappings = [tableMapping({ LastProcessingResult: 'PROBLEM: Function call failed' })];
  expect((await complete(anUntoldPipeline({})))[0]).toMatchObject({
    status: 'behind',
    freshnessSeconds: 602,
    note: 'Lambda says PROBLEM: Function call failed',
  });
});

test('nothing is claimed of a mapping that is between two states', async () => {
  holds.mappings = [tableMapping({ State: 'Updating', StateTransitionReason: 'User action' })];
  expect((await complete(anUntoldPipeline({})))[0]).toMatchObject({ status: 'unknown', isEnabled: null });
});

test('of a function that reads a topic the shop sees the members; Lambda adds its state and what waits in the queue', async () => {
  holds.waiting = 3;
  expect((await complete(topicFunction()))[0]).toMatchObject({ status: 'well', deadLetters: 6, note: null });
  holds.mappings = [topicMapping({ DestinationConfig: { OnFailure: { Destination: 'kafka://order-events.dead' } } })];
  expect((await complete(topicFunction()))[0]).toMatchObject({ deadLetters: 2 });
  expect((await complete(topicFunction({ isEnabled: false })))[0]).toMatchObject({ status: 'stopped' });
  holds.mappings = [topicMapping({ State: 'Disabled' })];
  expect((await complete(topicFunction({ note: 'nobody holds 1 of 2 partitions' })))[0]).toMatchObject({
    status: 'stopped',
    note: 'nobody holds 1 of 2 partitions; Lambda has its mapping 0e1f as Disabled (no reason given)',
  });
});

describe('a stream job', () => {
  const measures = (values: Record<string, Measured>) => {
    holds.metrics = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [`${name} cloudmart-staging-figures`, value]),
    );
  };

  test('is well while its application runs, with how long and what its last checkpoint took', async () => {
    measures({
      ...{ uptime: [[60, 7_200_000]], downtime: [[60, 0]], lastCheckpointDuration: [[60, 412]] },
      ...{ lastCheckpointSize: [[60, 20_480]], numberOfFailedCheckpoints: [[60, 2]] },
    });
    expect((await complete(streamJob()))[0]).toMatchObject({
      ...{ status: 'well', isEnabled: true, lag: 3 },
      note: 'up for 120 min; last checkpoint 412 ms, 20 KiB; 2 checkpoints failed',
    });
  });

  test('is stopped while its job is down, although the application is said to run', async () => {
    measures({ uptime: [[60, 0]], downtime: [[60, 180_000]] });
    expect((await complete(streamJob()))[0]).toMatchObject({
      status: 'stopped',
      note: 'cloudmart-staging-figures is RUNNING, but its job is down for 3 min',
    });
  });

  test.each([
    ['READY', 'stopped'],
    ['FORCE_STOPPING', 'stopped'],
    ['UPDATING', 'unknown'],
  ])('whose application is %s is %s, by its name', async (application, status) => {
    holds.application = application;
    measures({ uptime: [[60, 7_200_000]] });
    const note = `cloudmart-staging-figures is ${application}`;
    expect((await complete(streamJob()))[0]).toMatchObject({ status, note });
  });

  test('that is not there is stopped, and one that just started has measured nothing', async () => {
    measures({ uptime: [[900, 7_200_000]] });
    expect((await complete(streamJob()))[0]).toMatchObject({
      status: 'well',
      note: 'it has measured nothing for 5 minutes',
    });
    holds.application = undefined;
    expect((await complete(streamJob()))[0]).toMatchObject({
      status: 'stopped',
      note: 'there is no application cloudmart-staging-figures',
    });
  });
});

test('a stream job that the environment does not run is no pipeline there', async () => {
  const pipelines = [streamJob(), anUntoldPipeline({ kind: 'consumer', to: 'cart' })];
  const seen = await completedOnAws(pipelines, { ...staging, streamJobs: false }, now, awsQuestions('us-east-1'));
  expect(seen.map(({ to }) => to)).toEqual(['cart']);
});

test('what AWS refuses is thrown as the SDK tells it', async () => {
  holds.refuses = 'sqs';
  await expect(complete(anUntoldPipeline({}))).rejects.toThrow('no');
});
