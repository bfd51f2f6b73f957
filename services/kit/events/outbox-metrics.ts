import type { Database } from '../storage/database.ts';
import type { Logger } from '../telemetry/logger.ts';
import { askOnce, type Metrics } from '../telemetry/metrics.ts';

type OutboxMetricsOptions = {
  readonly database: Database;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly blocked: () => number;
};

/** Asked at each scrape and not counted along the way, so that they are true whoever publishes and whatever crashed. */
export const registerOutboxMetrics = ({ database, metrics, logger, blocked }: OutboxMetricsOptions) => {
  metrics.gauge({
    name: 'outbox_blocked_aggregates',
    help: 'Aggregates whose next event the log refuses; seen by the process that publishes.',
    collect() {
      this.set(blocked());
    },
  });
  const collect = askOnce(async () => {
    try {
      const { rows } = await database.query<{ unpublished: number; age: number }>(
        `SELECT count(*)::int AS unpublished, coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS age
         FROM outbox WHERE published_at IS NULL`,
      );
      unpublished.set(rows[0]?.unpublished ?? 0);
      oldest.set(rows[0]?.age ?? 0);
    } catch (error) {
      // A scrape must not fail with the database; the gauges keep what they last knew.
      logger.debug({ error }, 'the outbox could not be counted');
    }
  });
  const unpublished = metrics.gauge({
    name: 'outbox_unpublished',
    help: 'Events that are committed but not in the log yet.',
    collect,
  });
  const oldest = metrics.gauge({
    name: 'outbox_oldest_age_seconds',
    help: 'Age of the oldest unpublished event; 0 if there is none.',
    collect,
  });
};
