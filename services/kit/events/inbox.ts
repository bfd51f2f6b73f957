import type { Sql } from '../storage/database.ts';

/**
 * Notes that `consumer` handles the event, in the transaction of its effect. False: it was handled before, do nothing.
 * Waits for another transaction that is just handling the same event.
 */
export const acceptOnce = async (tx: Sql, consumer: string, eventId: string): Promise<boolean> =>
  (await acceptNew(tx, consumer, [eventId])).size === 1;

/** {@link acceptOnce} for many events in one round trip; returns the ids that are new. */
export const acceptNew = async (tx: Sql, consumer: string, eventIds: readonly string[]): Promise<Set<string>> => {
  // Sorted: two transactions that accept the same events must not wait for each other in a circle.
  const { rows } = await tx.query<{ event_id: string }>(
    `INSERT INTO inbox (consumer, event_id)
     SELECT $1, event_id FROM unnest($2::text[]) AS offered (event_id) ORDER BY event_id
     ON CONFLICT DO NOTHING RETURNING event_id`,
    [consumer, [...new Set(eventIds)]],
    { name: 'inbox-accept' },
  );
  return new Set(rows.map((row) => row.event_id));
};

/** Days that handled events are remembered: longer than any topic is kept, so that a replay from the start changes nothing. */
export const inboxRetentionDays = 30;

/** Rows of one statement: few enough to end long before its deadline. */
const pruneSize = 10_000;

/** Forgets what is older than {@link inboxRetentionDays}; returns how many rows went. */
export const pruneInbox = async (sql: Sql, consumer: string): Promise<number> => {
  for (let total = 0; ; ) {
    const { rowCount } = await sql.query(
      `DELETE FROM inbox WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM inbox WHERE consumer = $1 AND accepted_at < now() - make_interval(days => $2) LIMIT $3))`,
      [consumer, inboxRetentionDays, pruneSize],
    );
    total += rowCount;
    if (rowCount < pruneSize) return total;
  }
};
