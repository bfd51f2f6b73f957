import type { Sql } from '../storage/database.ts';
import { currentTraceparent } from '../telemetry/tracing.ts';
import type { CloudEvent } from './cloud-event.ts';

const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;

/**
 * SQL that adds one event for each row of `source` (a CTE or table with a jsonb column `payload` holding a whole
 * CloudEvent) to the outbox; for a statement that changes state and notes the event in one round trip.
 */
export const insertOutboxFrom = (topic: string, source: string): string =>
  `INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, sequence)
   SELECT payload->>'id', ${quote(topic)}, payload->>'subject', payload->>'type', payload, (payload->>'sequence')::bigint
   FROM ${source}`;

/** Events as one JSON text each, with the trace of the request that is being served; an event that has a trace keeps it. */
export const tracedEvents = (events: readonly CloudEvent[]): string[] => {
  const traceparent = currentTraceparent();
  return events.map((event) => JSON.stringify(traceparent === undefined ? event : { traceparent, ...event }));
};

/**
 * SQL of a CTE body that gives the jsonb array `parameter` (such as `$5`) as rows of `payload`, in its order, if the CTE `condition` has
 * a row; for {@link insertOutboxFrom}.
 */
export const eventsIf = (condition: string, parameter: string): string =>
  `SELECT payload FROM ${condition}, unnest(${parameter}::jsonb[]) WITH ORDINALITY AS given (payload, place) ORDER BY place`;

/**
 * Adds events to the outbox in the caller's transaction: they are published if, and only if, it commits, in this order per
 * subject. Whoever writes two events of one subject in two transactions must hold a lock on the aggregate while doing so.
 * An event without `traceparent` gets the one of the request that is being served.
 */
export const addToOutbox = async (tx: Sql, topic: string, events: readonly CloudEvent[]): Promise<void> => {
  if (events.length === 0) return;
  await tx.query(
    `WITH event AS (
       SELECT payload FROM unnest($1::jsonb[]) WITH ORDINALITY AS given (payload, place) ORDER BY place
     ) ${insertOutboxFrom(topic, 'event')}`,
    [tracedEvents(events)],
  );
};

/** Days that published rows are kept for people who look into what happened, and for the law that compares them with the log. */
export const outboxRetentionDays = 7;

/** Rows of one statement: few enough that publishing goes on between two. */
const pruneSize = 2_000;

/** Forgets rows published more than {@link outboxRetentionDays} ago, as many as one statement takes; true when more may be left. */
export const pruneOutbox = async (sql: Sql): Promise<boolean> => {
  const { rowCount } = await sql.query(
    `DELETE FROM outbox WHERE ctid = ANY (ARRAY(
       SELECT ctid FROM outbox WHERE published_at < now() - make_interval(days => $1) LIMIT $2))`,
    [outboxRetentionDays, pruneSize],
  );
  return rowCount === pruneSize;
};
