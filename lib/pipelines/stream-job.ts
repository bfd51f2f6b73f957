/** How a Flink application is on Managed Service for Apache Flink. */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DescribeApplicationCommand, KinesisAnalyticsV2Client } from '@aws-sdk/client-kinesis-analytics-v2';
import { type AwsQuestions, withClient } from '../aws/ask-aws.ts';
import { type MetricValue, newestMetrics } from './newest-metrics.ts';
import type { Seen } from './seen.ts';

/** An application that runs is measured each minute; CloudWatch tells it a minute or two later. */
const NOW_MS = 5 * 60_000;

const METRICS = [
  'uptime',
  'downtime',
  'lastCheckpointDuration',
  'lastCheckpointSize',
  'numberOfFailedCheckpoints',
] as const;

const minutes = (milliseconds: number) => `${Math.round(milliseconds / 60_000)} min`;

/** States in which an application computes; in the others it is told to. */
const RUNS = ['RUNNING', 'AUTOSCALING'];
const CHANGES = ['STARTING', 'UPDATING', 'ROLLING_BACK', 'MAINTENANCE'];

/** State of an application, as the service names it; undefined: there is none. */
const statusOf = (applicationName: string, aws: AwsQuestions): Promise<string | undefined> =>
  withClient(new KinesisAnalyticsV2Client(aws.settings), async (client) => {
    const asked = new DescribeApplicationCommand({ ApplicationName: applicationName });
    const answer = await client.send(asked, aws.deadline()).catch((problem: Error) => {
      if (problem.name !== 'ResourceNotFoundException') throw problem;
      return undefined;
    });
    return answer?.ApplicationDetail?.ApplicationStatus;
  });

/** What an application measured in the last minutes; undefined, each: nothing. */
const measuredOf = async (applicationName: string, now: Date, aws: AwsQuestions) => {
  const found = await withClient(new CloudWatchClient(aws.settings), (client) =>
    newestMetrics(
      client,
      METRICS.map((name) => ({ namespace: 'AWS/KinesisAnalytics', name, of: { Application: applicationName } })),
      now,
      aws,
    ),
  );
  return found.map((metric: MetricValue | undefined) =>
    metric && now.getTime() - metric.at.getTime() < NOW_MS ? metric.value : undefined,
  );
};

/**
 * Whether a job runs and saves its state. What waits for it the shop tells: Flink notes at each checkpoint, as a consumer group, how far
 * it is. `millisBehindLatest` is measured of Kinesis streams alone.
 * Source: Managed Service for Apache Flink developer guide, "Metrics and dimensions".
 */
export const lookAtStreamJob = async (applicationName: string, now: Date, aws: AwsQuestions): Promise<Seen> => {
  const [status, [uptime, downtime, took, size, failed]] = await Promise.all([
    statusOf(applicationName, aws),
    measuredOf(applicationName, now, aws),
  ]);
  if (status === undefined) return { isEnabled: false, notes: [`there is no application ${applicationName}`] };
  if (CHANGES.includes(status)) return { isEnabled: null, notes: [`${applicationName} is ${status}`] };
  if (!RUNS.includes(status)) return { isEnabled: false, notes: [`${applicationName} is ${status}`] };
  // A job that falls over again and again is RUNNING for the service.
  if (downtime !== undefined && downtime > 0)
    return {
      isEnabled: false,
      notes: [`${applicationName} is ${status}, but its job is down for ${minutes(downtime)}`],
    };
  return {
    isEnabled: true,
    notes: [
      uptime === undefined ? 'it has measured nothing for 5 minutes' : `up for ${minutes(uptime)}`,
      ...(took === undefined ? [] : [`last checkpoint ${Math.round(took)} ms, ${Math.round((size ?? 0) / 1024)} KiB`]),
      ...(failed ? [`${failed} checkpoints failed`] : []),
    ],
  };
};
