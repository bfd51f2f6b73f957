/** What Lambda, SQS and CloudWatch answer about pipelines, in their own protocols, and what is made of it. */
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Pipeline } from '../../services/contracts/http/operations/pipelines-api.ts';
import { hangUp, listen } from '../../services/kit/testing/loopback.ts';
import { awsQuestions } from '../aws/ask-aws.ts';
import { pointSdkAt } from '../release/testing/aws-peer.ts';
import { completedOnAws } from './deployed-pipelines.ts';
import { anUntoldPipeline } from './testing/pipelines.ts';

const now = new Date('2026-11-30T12:00:00Z');
const staging = { name: 'staging', streamJobs: true } as const;
const stream = 'arn:aws:dynamodb:us-east-1:111122223333:table';
const queue = 'arn:aws:sqs:us-east-1:111122223333:cloudmart-staging-export-failed';

const aMapping = (differing: object) => ({
  UUID: '0e1f',
  State: 'Enabled',
  LastProcessingResult: 'OK',
  DestinationConfig: { OnFailure: { Destination: queue } },
  ...differing,
});
const ofTable = (differing: object = {}) =>
  aMapping({
    EventSourceArn: `${stream}/cloudmart-staging-table-ordereventsTable12AB-XYZ/stream/2026-11-01`,
    ...differing,
  });
const ofTopic = (differing: object = {}) =>
  aMapping({
    EventSourceArn: 'arn:aws:kafka:us-east-1:111122223333:cluster/a/b',
    Topics: ['order-events'],
    ...differing,
  });

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

/** Values of a metric, each so many seconds ago, the newest first. */
type Measured = readonly (readonly [secondsAgo: number, value: number])[];

/** What the account holds. */
let mappings: object[];
let waiting: number;
let metrics: Record<string, Measured>;
let refusal: { readonly service: string; readonly code: string } | undefined;
let asked: string[];

type MetricQuery = { Id: string; MetricStat: { Metric: { MetricName: string; Dimensions: { Value: string }[] } } };

const answers: Record<string, (body: { MetricDataQueries?: MetricQuery[] }) => object> = {
  ListEventSourceMappings: () => ({ EventSourceMappings: mappings }),
  GetQueueUrl: () => ({ QueueUrl: `${url}/111122223333/cloudmart-staging-export-failed` }),
  GetQueueAttributes: () => ({
    Attributes: { ApproximateNumberOfMessages: String(waiting), ApproximateNumberOfMessagesNotVisible: '1' },
  }),
  GetMetricData: ({ MetricDataQueries = [] }) => ({
    MetricDataResults: MetricDataQueries.map(({ Id, MetricStat: { Metric } }) => {
      const measured = metrics[`${Metric.MetricName} ${Metric.Dimensions[0]?.Value}`] ?? [];
      return {
        Id,
        Timestamps: measured.map(([secondsAgo]) => now.getTime() / 1000 - secondsAgo),
        Values: measured.map(([, value]) => value),
      };
    }),
  }),
};

let server: Server;
let url: string;
let restore: () => void;
beforeEach(async () => {
  [mappings, waiting, metrics, refusal, asked] = [[ofTable(), ofTopic()], 0, {}, undefined, []];
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const operation = `${request.headers['x-amz-target'] ?? '.ListEventSourceMappings'}`.split('.').at(-1) ?? '';
    const service = /\/([a-z]+)\/aws4_request/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    asked.push(
      `${service}:${operation}${request.url?.includes('FunctionName') ? ` ${request.url.split('=').at(-1)}` : ''}`,
    );
    const isRefused = refusal?.service === service;
    response.writeHead(isRefused ? 403 : 200, {
      'content-type': 'application/x-amz-json-1.0',
      ...(isRefused && { 'x-amzn-errortype': refusal?.code }),
    });
    response.end(
      JSON.stringify(isRefused ? { message: 'no' } : answers[operation]?.(body === '' ? {} : JSON.parse(body))),
    );
  });
  url = `http://127.0.0.1:${await listen(server)}`;
  restore = pointSdkAt({ url });
});
afterEach(async () => {
  restore();
  await hangUp(server);
});

const complete = async (...pipelines: Pipeline[]) => completedOnAws(pipelines, staging, now, awsQuestions('us-east-1'));

test('a function that follows a table is well while its mapping is on and hands over what is young', async () => {
  metrics = {
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
  expect(asked.toSorted()).toEqual([
    'lambda:ListEventSourceMappings cloudmart-staging-export',
    'monitoring:GetMetricData',
    'sqs:GetQueueAttributes',
    'sqs:GetQueueUrl',
  ]);
});

test('it is stopped by name where somebody switched the mapping off, and where there is none', async () => {
  mappings = [ofTable({ State: 'Disabled', StateTransitionReason: 'User initiated' })];
  expect((await complete(anUntoldPipeline({})))[0]).toMatchObject({
    status: 'stopped',
    isEnabled: false,
    note: 'Lambda has its mapping 0e1f as Disabled (User initiated)',
  });
  mappings = [ofTopic()];
  expect((await complete(anUntoldPipeline({})))[0]).toMatchObject({
    status: 'stopped',
    note: 'no event source mapping of cloudmart-staging-export reads it',
  });
});

test('it is behind while what it hands over is old, and while what failed waits to be tried again', async () => {
  metrics = { 'IteratorAge cloudmart-staging-export': [[60, 61_000]] };
  expect((await complete(anUntoldPipeline({})))[0]).toMatchObject({ status: 'behind', freshnessSeconds: 61 });
  metrics = { 'IteratorAge cloudmart-staging-export': [[600, 2_000]] };
  expect((await complete(anUntoldPipeline({})))[0]).toMatchObject({ status: 'well', freshnessSeconds: 0 });
  mappings = [ofTable({ LastProcessingResult: 'PROBLEM: Function call failed' })];
  expect((await complete(anUntoldPipeline({})))[0]).toMatchObject({
    status: 'behind',
    freshnessSeconds: 602,
    note: 'Lambda says PROBLEM: Function call failed',
  });
});

test('nothing is claimed of a mapping that is between two states', async () => {
  mappings = [ofTable({ State: 'Updating', StateTransitionReason: 'User action' })];
  expect((await complete(anUntoldPipeline({})))[0]).toMatchObject({ status: 'unknown', isEnabled: null });
});

test('of a function that reads a topic the shop sees the members; Lambda adds its state and what waits in the queue', async () => {
  waiting = 3;
  expect((await complete(topicFunction()))[0]).toMatchObject({ status: 'well', deadLetters: 6, note: null });
  mappings = [ofTopic({ DestinationConfig: { OnFailure: { Destination: 'kafka://order-events.dead' } } })];
  expect((await complete(topicFunction()))[0]).toMatchObject({ deadLetters: 2 });
  expect((await complete(topicFunction({ isEnabled: false })))[0]).toMatchObject({ status: 'stopped' });
  mappings = [ofTopic({ State: 'Disabled' })];
  expect((await complete(topicFunction({ note: 'nobody holds 1 of 2 partitions' })))[0]).toMatchObject({
    status: 'stopped',
    note: 'nobody holds 1 of 2 partitions; Lambda has its mapping 0e1f as Disabled (no reason given)',
  });
});

test('a stream job is well while it is measured and up, and stopped while it is down or measures nothing', async () => {
  const of = (values: Record<string, Measured>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [`${name} cloudmart-staging-figures`, value]));
  metrics = of({ uptime: [[60, 7_200_000]], downtime: [[60, 0]], lastCheckpointDuration: [[60, 412]] });
  const [up] = await complete(streamJob());
  expect(up).toMatchObject({
    status: 'well',
    isEnabled: true,
    lag: 3,
    note: 'up for 120 min; last checkpoint 412 ms, 0 KiB',
  });
  metrics = of({ uptime: [[60, 0]], downtime: [[60, 180_000]] });
  const [down] = await complete(streamJob());
  expect(down).toMatchObject({ status: 'stopped', note: 'cloudmart-staging-figures is down for 3 min' });
  metrics = of({ uptime: [[900, 7_200_000]] });
  const [silent] = await complete(streamJob());
  expect(silent).toMatchObject({
    status: 'stopped',
    note: expect.stringContaining('has measured nothing for 5 minutes'),
  });
});

test('a stream job that the environment does not run is no pipeline there', async () => {
  const pipelines = [streamJob(), anUntoldPipeline({ kind: 'consumer', to: 'cart' })];
  const seen = await completedOnAws(pipelines, { ...staging, streamJobs: false }, now, awsQuestions('us-east-1'));
  expect(seen.map(({ to }) => to)).toEqual(['cart']);
});

test('what AWS refuses is thrown as the SDK tells it', async () => {
  refusal = { service: 'sqs', code: 'AccessDeniedException' };
  await expect(complete(anUntoldPipeline({}))).rejects.toThrow('no');
});
