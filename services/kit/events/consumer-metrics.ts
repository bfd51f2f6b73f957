import type { Logger } from '../telemetry/logger.ts';
import { askOnce, type Metrics } from '../telemetry/metrics.ts';
import type { EventLog } from './event-log.ts';

type ConsumerMetricsOptions = {
  readonly log: Pick<EventLog, 'lag'>;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly group: string;
  readonly isPaused: () => boolean;
};

/** How far the group is behind, asked at each scrape: in records, and in seconds, which is what alerts look at. */
export const registerConsumerMetrics = ({ log, metrics, logger, group, isPaused }: ConsumerMetricsOptions) => {
  metrics.gauge({
    name: 'consumer_paused',
    help: '1 while events wait for something that is down.',
    collect() {
      this.set(isPaused() ? 1 : 0);
    },
  });
  const collect = askOnce(async () => {
    try {
      for (const [topic, partitions] of Map.groupBy(await log.lag(group), (lag) => lag.topic)) {
        records.set(
          { group, topic },
          partitions.reduce((sum, partition) => sum + partition.records, 0),
        );
        const oldest = Math.min(...partitions.map((lag) => lag.oldest?.getTime() ?? Number.POSITIVE_INFINITY));
        seconds.set({ group, topic }, Number.isFinite(oldest) ? Math.max(0, (Date.now() - oldest) / 1_000) : 0);
      }
    } catch (error) {
      // A scrape must not fail with the log; the gauges keep what they last knew.
      logger.debug({ error }, 'the lag could not be asked for');
    }
  });
  const records = metrics.gauge({
    name: 'consumer_lag_records',
    help: 'Records that the group has not handled.',
    labels: ['group', 'topic'],
    collect,
  });
  const seconds = metrics.gauge({
    name: 'consumer_lag_seconds',
    help: 'Age of the oldest record that the group has not handled; 0 if there is none.',
    labels: ['group', 'topic'],
    collect,
  });
};
