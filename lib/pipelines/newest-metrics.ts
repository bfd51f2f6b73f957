/** The newest value of metrics in CloudWatch. */
import { type CloudWatchClient, type MetricDataQuery, paginateGetMetricData } from '@aws-sdk/client-cloudwatch';
import type { AwsQuestions } from '../aws/ask-aws.ts';

/** A metric of one thing. */
export type MetricName = {
  readonly namespace: string;
  readonly name: string;
  readonly of: Readonly<Record<string, string>>;
};

/** A value, and the minute that it is about. */
export type MetricValue = { readonly value: number; readonly at: Date };

const PERIOD_SECONDS = 60;
/** How far back is looked. */
const LOOKED_BACK_MS = 3 * 3_600_000;

/** The largest value of the newest minute that has one; undefined: nothing was measured for three hours. */
export const newestMetrics = async (
  client: CloudWatchClient,
  metrics: readonly MetricName[],
  now: Date,
  { deadline }: Pick<AwsQuestions, 'deadline'>,
): Promise<(MetricValue | undefined)[]> => {
  const found = new Map<string, MetricValue>();
  const MetricDataQueries: MetricDataQuery[] = metrics.map(({ namespace, name, of }, index) => ({
    Id: `m${index}`,
    MetricStat: {
      Metric: {
        Namespace: namespace,
        MetricName: name,
        Dimensions: Object.entries(of).map(([Name, Value]) => ({ Name, Value })),
      },
      Period: PERIOD_SECONDS,
      Stat: 'Maximum',
    },
  }));
  const asked = {
    MetricDataQueries,
    StartTime: new Date(now.getTime() - LOOKED_BACK_MS),
    EndTime: now,
    ScanBy: 'TimestampDescending' as const,
  };
  for await (const { MetricDataResults = [] } of paginateGetMetricData({ client }, asked, deadline()))
    for (const { Id = '', Timestamps: [at] = [], Values: [value] = [] } of MetricDataResults)
      if (at && value !== undefined && !found.has(Id)) found.set(Id, { value, at });
  return metrics.map((_, index) => found.get(`m${index}`));
};
