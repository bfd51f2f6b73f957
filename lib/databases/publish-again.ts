/**
 * Has a service tell again what it told in the last days, because the event log lost it. Its outbox keeps that for `outboxRetentionDays`;
 * who handled an event drops it by its id. The same statements stand in docs/runbooks/event-stream-lost.md.
 */
import type { Sql } from '../../services/kit/storage/database.ts';

/** Minutes until a relay publishes again by itself, should nobody call {@link publishAgain}. */
const heldMinutes = 30;

/**
 * From here on nobody publishes from this outbox. Without it a relay could put something new into the empty log ahead of what came before
 * it, or, if it was told by the lost log that it has an event, still mark that event as published.
 */
export const holdRelay = async (sql: Pick<Sql, 'query'>): Promise<void> => {
  await sql.query(
    `UPDATE relay_lease SET holder = 'operator', epoch = epoch + 1, is_asleep = false,
       expires_at = clock_timestamp() + make_interval(mins => $1) WHERE name = 'outbox'`,
    [heldMinutes],
  );
};

/**
 * Frees the outbox, all of it unpublished again, so that the next relay publishes it in its order. Call it once every process that ran
 * when the log was lost is gone. Returns how many events are told again.
 */
export const publishAgain = async (sql: Pick<Sql, 'query'>): Promise<number> => {
  const { rowCount } = await sql.query(
    `WITH freed AS (
       UPDATE relay_lease SET holder = NULL, epoch = epoch + 1, is_asleep = true, expires_at = '-infinity' WHERE name = 'outbox'
     )
     UPDATE outbox SET published_at = NULL WHERE published_at IS NOT NULL`,
  );
  return rowCount ?? 0;
};
