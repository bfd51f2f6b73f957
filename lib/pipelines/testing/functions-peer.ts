/** An account that answers Lambda, SQS, CloudWatch and Managed Flink in their own protocols, as far as pipelines ask. */
import { createServer } from 'node:http';
import { hangUp, listen } from '../../../services/kit/testing/loopback.ts';
import { pointSdkAt } from '../../release/testing/aws-peer.ts';

const ACCOUNT = '111122223333';

/** Values of a metric, each so many seconds before `now`, the newest first. */
export type Measured = readonly (readonly [secondsAgo: number, value: number])[];

/** What the account holds; tests change it. */
export type FunctionsAccount = {
  now: Date;
  mappings: object[];
  /** Messages that wait in every queue; one more is with somebody. */
  waiting: number;
  /** By name of the metric and value of its dimension, `IteratorAge cloudmart-staging-export`. */
  metrics: Record<string, Measured>;
  /** State of every application of Flink; undefined: there is none. */
  application: string | undefined;
  /** A service, by its name in signatures, that refuses. */
  refuses: string | undefined;
};

/** An event source mapping that works, with what differs. */
const aMapping = (differing: object) => ({
  UUID: '0e1f',
  State: 'Enabled',
  LastProcessingResult: 'OK',
  DestinationConfig: {
    OnFailure: { Destination: `arn:aws:sqs:us-east-1:${ACCOUNT}:cloudmart-staging-export-failed` },
  },
  ...differing,
});

/** One that follows the table `order-events` of staging. */
export const tableMapping = (differing: object = {}): object => {
  const table = `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/cloudmart-staging-table-ordereventsTable12AB-XYZ`;
  return aMapping({ EventSourceArn: `${table}/stream/2026-11-01`, ...differing });
};

/** One that reads the topic `order-events`. */
export const topicMapping = (differing: object = {}): object =>
  aMapping({
    EventSourceArn: `arn:aws:kafka:us-east-1:${ACCOUNT}:cluster/a/b`,
    Topics: ['order-events'],
    ...differing,
  });

type MetricQuery = { Id: string; MetricStat: { Metric: { MetricName: string; Dimensions: { Value: string }[] } } };

/** Starts the account, and lets clients of AWS made from here on ask it. */
export const startFunctionsPeer = async (now: Date) => {
  const holds: FunctionsAccount = {
    now,
    mappings: [],
    waiting: 0,
    metrics: {},
    application: 'RUNNING',
    refuses: undefined,
  };
  /** `service:Operation` that were asked, in order, with the function where one is named. */
  const asked: string[] = [];
  let url = '';
  const answers: Record<string, (body: { MetricDataQueries?: MetricQuery[] }) => object> = {
    ListEventSourceMappings: () => ({ EventSourceMappings: holds.mappings }),
    DescribeApplication: () => ({ ApplicationDetail: { ApplicationStatus: holds.application } }),
    GetQueueUrl: () => ({ QueueUrl: `${url}/${ACCOUNT}/queue` }),
    GetQueueAttributes: () => ({
      Attributes: {
        ApproximateNumberOfMessages: String(holds.waiting),
        ApproximateNumberOfMessagesNotVisible: '1',
      },
    }),
    GetMetricData: ({ MetricDataQueries = [] }) => ({
      MetricDataResults: MetricDataQueries.map(({ Id, MetricStat: { Metric } }) => {
        const measured = holds.metrics[`${Metric.MetricName} ${Metric.Dimensions[0]?.Value}`] ?? [];
        return {
          Id,
          Timestamps: measured.map(([secondsAgo]) => holds.now.getTime() / 1000 - secondsAgo),
          Values: measured.map(([, value]) => value),
        };
      }),
    }),
  };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const operation = `${request.headers['x-amz-target'] ?? '.ListEventSourceMappings'}`.split('.').at(-1) ?? '';
    const service = /\/([a-z]+)\/aws4_request/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const about = new URL(request.url ?? '/', 'http://peer').searchParams.get('FunctionName');
    asked.push(`${service}:${operation}${about === null ? '' : ` ${about}`}`);
    const isRefused = holds.refuses === service;
    const isMissing = operation === 'DescribeApplication' && holds.application === undefined;
    const refusal = isRefused ? 'AccessDeniedException' : isMissing && 'ResourceNotFoundException';
    response.writeHead(refusal ? 400 : 200, {
      'content-type': 'application/x-amz-json-1.0',
      ...(refusal && { 'x-amzn-errortype': refusal }),
    });
    const answer = refusal ? { message: 'no' } : answers[operation]?.(body === '' ? {} : JSON.parse(body));
    response.end(JSON.stringify(answer));
  });
  url = `http://127.0.0.1:${await listen(server)}`;
  const restore = pointSdkAt({ url });
  return {
    holds,
    asked,
    stop: async () => {
      restore();
      await hangUp(server);
    },
  };
};

export type FunctionsPeer = Awaited<ReturnType<typeof startFunctionsPeer>>;
