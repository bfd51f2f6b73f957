/** How a Flink application is on Managed Service for Apache Flink. */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
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

/**
 * Whether a job runs and saves its state. What waits for it the shop tells: Flink notes at each checkpoint, as a consumer group, how far
 * it is. `millisBehindLatest` is measured of Kinesis streams alone.
 * Source: Managed Service for Apache Flink developer guide, "Metrics and dimensions".
 */
export const lookAtStreamJob = async (applicationName: string, now: Date, aws: AwsQuestions): Promise<Seen> => {
  const found = await withClient(new CloudWatchClient(aws.settings), (client) =>
    newestMetrics(
      client,
      METRICS.map((name) => ({ namespace: 'AWS/KinesisAnalytics', name, of: { Application: applicationName } })),
      now,
      aws,
    ),
  );
  const [uptime, downtime, took, size, failed] = found.map((metric: MetricValue | undefined) =>
    metric && now.getTime() - metric.at.getTime() < NOW_MS ? metric.value : undefined,
  );
  if (uptime === undefined && downtime === undefined)
    return {
      isEnabled: false,
      notes: [`${applicationName} has measured nothing for 5 minutes, so that it does not run`],
    };
  if (downtime !== undefined && downtime > 0)
    return { isEnabled: false, notes: [`${applicationName} is down for ${minutes(downtime)}`] };
  return {
    isEnabled: true,
    notes: [
      `up for ${minutes(uptime ?? 0)}`,
      ...(took === undefined ? [] : [`last checkpoint ${Math.round(took)} ms, ${Math.round((size ?? 0) / 1024)} KiB`]),
      ...(failed ? [`${failed} checkpoints failed`] : []),
    ],
  };
};
