/** What an alert on the orders asks of their database at each scrape, so that it is true whoever works on them and whatever crashed. */
import type { Database } from '../../kit/storage/database.ts';
import type { Logger } from '../../kit/telemetry/logger.ts';
import { askOnce, type Metrics } from '../../kit/telemetry/metrics.ts';
import type { Clock } from '../../kit/values/clock.ts';

export type OrderGaugeParts = {
  readonly database: Database;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly clock: Clock;
};

/** Shows how long an order has waited for the platform, and how old the last comparison of the books is. */
export const registerOrderGauges = ({ database, metrics, logger, clock }: OrderGaugeParts): void => {
  const startedAt = clock.now().getTime();
  const collect = askOnce(async () => {
    const now = clock.now().getTime();
    try {
      const { rows } = await database.query<{ owed_since: Date | null; compared_at: Date | null }>(
        `SELECT (SELECT min(updated_at) FROM orders WHERE owed) AS owed_since,
           (SELECT max(touched_at) FROM reconciliations WHERE is_done) AS compared_at`,
      );
      const secondsSince = (at: number) => Math.max(0, now - at) / 1_000;
      owed.set(secondsSince(rows[0]?.owed_since?.getTime() ?? now));
      compared.set(secondsSince(rows[0]?.compared_at?.getTime() ?? startedAt));
    } catch (error) {
      // A scrape must not fail with the database; the gauges keep what they last knew.
      logger.debug({ error }, 'the orders could not be asked how old their work is');
    }
  });
  const owed = metrics.gauge({
    name: 'orders_oldest_owed_seconds',
    help: 'Seconds for which the platform has owed some order its next step; 0 if none is owed one.',
    collect,
  });
  const compared = metrics.gauge({
    name: 'reconciliation_age_seconds',
    help: 'Seconds since the books were last compared to the end; the age of the process where they never were.',
    collect,
  });
};
