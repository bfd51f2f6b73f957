/** The SQL that changes orders: state, history and outbox in one statement, and so in one transaction. */
import { eventsIf, insertOutboxFrom } from '../../kit/events/outbox.ts';

const insertEvents = `
  INSERT INTO order_events (order_id, sequence, event_id, type, data, at)
  SELECT $1, e.* FROM allowed, jsonb_to_recordset($2) AS e (sequence int, event_id text, type text, data jsonb, at timestamptz)`;

/** SQLSTATE of a placing that finds another order from its carts; migrations/0006-undo.sql. */
export const undone = 'CM001';

// Owners are locked in one order, so that two placings with the same owners cannot wait for each other.
const claimCarts = `
  INSERT INTO cart_orders (owner, order_id, placed_at)
  SELECT owner, $1, $10 FROM allowed, unnest($8::text[]) AS asked (owner) ORDER BY owner
  ON CONFLICT (owner) DO UPDATE SET order_id = excluded.order_id, placed_at = excluded.placed_at
  WHERE cart_orders.order_id = (SELECT seen FROM unnest($8::text[], $9::text[]) AS known (owner, seen) WHERE known.owner = cart_orders.owner)
  RETURNING 1`;

/**
 * $1 order, $2 events, $3 row, $4 key, $5 fingerprint, $6 attempt, $7 events for the outbox, $8 owners of carts, $9 the newest order from
 * each as it was seen, $10 now. The key's row is the fence: an attempt that was taken over writes nothing. Makes the order the newest of
 * these carts; fails, and so undoes everything, when another came since they were seen.
 */
export const placeOrder = `
  WITH allowed AS (
    UPDATE idempotency_keys SET order_id = $1 WHERE key = $4 AND fingerprint = $5 AND attempt = $6 AND order_id IS NULL RETURNING 1
  ), claimed AS (${claimCarts}
  ), recorded AS (${insertEvents}
  ), projected AS (
    INSERT INTO orders SELECT (jsonb_populate_record(NULL::orders, $3)).* FROM allowed
  ), event AS (${eventsIf('allowed', '$7')}
  ), noted AS (${insertOutboxFrom('order-events', 'event')}
  )
  SELECT FROM allowed
  WHERE CASE WHEN (SELECT count(*) FROM claimed) = cardinality($8::text[]) THEN true ELSE undo('another order came from this cart') END`;

/**
 * $1 order, $2 events, $3 row, $4 version that was read, $5 events for the outbox.
 * The version is the fence: of two writers that read the same state one writes, the other reads again.
 */
export const appendEvents = `
  WITH allowed AS (
    UPDATE orders SET (user_id, status, payment_id, captured, refunded, failure, cancel_reason, cancel_note, shipment, refunds, returns, closed, owed, version, updated_at, payment_token) = (
      SELECT n.user_id, n.status, n.payment_id, n.captured, n.refunded, n.failure, n.cancel_reason, n.cancel_note, n.shipment, n.refunds, n.returns, n.closed, n.owed, n.version, n.updated_at,
        CASE WHEN n.status IN ('pending', 'stock-reserved') THEN orders.payment_token END
      FROM jsonb_populate_record(NULL::orders, $3) AS n)
    WHERE id = $1 AND version = $4 RETURNING 1
  ), recorded AS (${insertEvents}
  ), event AS (${eventsIf('allowed', '$5')}
  ), noted AS (${insertOutboxFrom('order-events', 'event')}
  )
  SELECT FROM allowed`;
