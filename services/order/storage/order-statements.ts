/** The SQL that changes orders: state, history and outbox in one statement, and so in one transaction. */
import { eventsIf, insertOutboxFrom } from '../../kit/events/outbox.ts';

const insertEvents = `
  INSERT INTO order_events (order_id, sequence, event_id, type, data, at)
  SELECT $1, e.* FROM allowed, jsonb_to_recordset($2) AS e (sequence int, event_id text, type text, data jsonb, at timestamptz)`;

/**
 * $1 order, $2 events, $3 row, $4 key, $5 fingerprint, $6 attempt, $7 events for the outbox.
 * The key's row is the fence: an attempt that was taken over writes nothing.
 */
export const placeOrder = `
  WITH allowed AS (
    UPDATE idempotency_keys SET order_id = $1 WHERE key = $4 AND fingerprint = $5 AND attempt = $6 AND order_id IS NULL RETURNING 1
  ), recorded AS (${insertEvents}
  ), projected AS (
    INSERT INTO orders SELECT (jsonb_populate_record(NULL::orders, $3)).* FROM allowed
  ), event AS (${eventsIf('allowed', '$7')}
  ), noted AS (${insertOutboxFrom('order-events', 'event')}
  )
  SELECT FROM allowed`;

/**
 * $1 order, $2 events, $3 row, $4 version that was read, $5 events for the outbox.
 * The version is the fence: of two writers that read the same state one writes, the other reads again.
 */
export const appendEvents = `
  WITH allowed AS (
    UPDATE orders SET (user_id, status, payment_id, captured, refunded, failure, cancel_reason, cancel_note, shipment, refunds, closed, owed, version, updated_at, payment_token) = (
      SELECT n.user_id, n.status, n.payment_id, n.captured, n.refunded, n.failure, n.cancel_reason, n.cancel_note, n.shipment, n.refunds, n.closed, n.owed, n.version, n.updated_at,
        CASE WHEN n.status IN ('pending', 'stock-reserved') THEN orders.payment_token END
      FROM jsonb_populate_record(NULL::orders, $3) AS n)
    WHERE id = $1 AND version = $4 RETURNING 1
  ), recorded AS (${insertEvents}
  ), event AS (${eventsIf('allowed', '$5')}
  ), noted AS (${insertOutboxFrom('order-events', 'event')}
  )
  SELECT FROM allowed`;
