/**
 * Every change of stock: one statement, one round trip, one transaction each.
 * Locks are taken in one order, so that no two statements can wait for each other: the claim on the order, its reservation,
 * stock rows by product id. A new reservation is inserted after its stock rows, but under its claim, where nobody else is.
 * New amounts are computed from the locked row, never from the row that the update finds: that one is as old as the
 * statement, and PostgreSQL checks constraints on what came of it before it looks for the newest version.
 */
import { insertOutboxFrom } from '../../kit/events/outbox.ts';
import { plannedOnce } from '../../kit/storage/planned-once.ts';

const noteEvents = insertOutboxFrom('inventory-events', 'event');

/** $1 order id, $2 product ids, $3 quantities, $4 reserved until, $5 now, $6 event when reserved, $7 event when rejected, $8 event of the sale; null: only reserved. */
export const reserveStatement = `
WITH claim AS (
  INSERT INTO reservation_claims (order_id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING order_id
), wanted AS (
  SELECT product_id, quantity FROM unnest(${plannedOnce('$2', 'text')}, ${plannedOnce('$3', 'integer')}) AS line (product_id, quantity)
), locked AS MATERIALIZED (
  SELECT stock.product_id, stock.free, stock.reserved, stock.sold
  FROM claim CROSS JOIN stock JOIN products ON products.id = stock.product_id AND products.deleted_at IS NULL
  WHERE stock.product_id = ANY (${plannedOnce('$2', 'text')})
  ORDER BY stock.product_id
  FOR UPDATE OF stock
), decision AS (
  SELECT count(*) = 0 AS is_enough,
    coalesce(jsonb_agg(jsonb_build_object('productId', product_id, 'requested', quantity, 'available', coalesce(free, 0))), '[]') AS shortages
  FROM wanted LEFT JOIN locked USING (product_id)
  WHERE coalesce(free, 0) < quantity
), made AS (
  INSERT INTO reservations (order_id, status, product_ids, quantities, shortages, reserved_until, sequence, created_at, updated_at)
  SELECT order_id, CASE WHEN NOT is_enough THEN 'rejected' WHEN $8::jsonb IS NULL THEN 'reserved' ELSE 'committed' END,
    $2::text[], $3::integer[], shortages, CASE WHEN is_enough THEN $4::timestamptz END,
    CASE WHEN is_enough AND $8::jsonb IS NOT NULL THEN 2 ELSE 1 END, $5::timestamptz, $5::timestamptz
  FROM claim CROSS JOIN decision
  RETURNING order_id, status, shortages, reserved_until
), taken AS (
  UPDATE stock SET free = locked.free - wanted.quantity,
    reserved = locked.reserved + CASE WHEN made.status = 'reserved' THEN wanted.quantity ELSE 0 END,
    sold = locked.sold + CASE WHEN made.status = 'committed' THEN wanted.quantity ELSE 0 END
  FROM made, wanted JOIN locked USING (product_id)
  WHERE made.status <> 'rejected' AND stock.product_id = wanted.product_id
), event AS MATERIALIZED (
  SELECT CASE WHEN status = 'rejected' THEN jsonb_set($7::jsonb, '{data,shortages}', shortages) ELSE $6::jsonb END AS payload
  FROM made UNION ALL SELECT $8::jsonb FROM made WHERE status = 'committed'
), noted AS (${noteEvents})
SELECT order_id, status, shortages, reserved_until FROM made`;

const linesOf = (reservation: string) => `
  SELECT product_id, quantity
  FROM ${reservation}, unnest(${reservation}.product_ids, ${reservation}.quantities) AS each (product_id, quantity)`;

const lockLines = `
  SELECT stock.product_id, stock.free, stock.reserved, stock.sold, line.quantity
  FROM stock JOIN line ON line.product_id = stock.product_id
  ORDER BY stock.product_id
  FOR UPDATE OF stock`;

/** Completes an event whose lines and sequence only the database knows. */
const eventWithLines = (reservation: string, envelope: string, details = '') => `
  SELECT ${envelope} || jsonb_build_object('sequence', sequence, 'data', jsonb_build_object('orderId', order_id${details}, 'lines', (
    SELECT jsonb_agg(jsonb_build_object('productId', product_id, 'quantity', quantity) ORDER BY product_id)
    FROM unnest(${reservation}.product_ids, ${reservation}.quantities) AS each (product_id, quantity)
  ))) AS payload`;

/** $1 order id, $2 now, $3 event without lines and sequence. No row: there was nothing reserved (any more). */
export const commitStatement = `
WITH held AS (
  UPDATE reservations SET status = 'committed', sequence = sequence + 1, updated_at = $2
  WHERE order_id = $1 AND status = 'reserved'
  RETURNING order_id, product_ids, quantities, sequence
), line AS (${linesOf('held')}
), locked AS MATERIALIZED (${lockLines}
), sold AS (
  UPDATE stock SET reserved = locked.reserved - locked.quantity, sold = locked.sold + locked.quantity
  FROM locked WHERE stock.product_id = locked.product_id
), event AS MATERIALIZED (${eventWithLines('held', '$3::jsonb')} FROM held
), noted AS (${noteEvents})
SELECT order_id FROM held`;

/**
 * $1 order id, $2 reason as given, $3 now, $4 event without lines, reason and sequence.
 * Waits for a reservation that is just being made, releases what there is, or leaves a tombstone.
 */
export const releaseStatement = `
WITH claim AS (
  INSERT INTO reservation_claims (order_id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING order_id
), released AS (
  INSERT INTO reservations (order_id, status, product_ids, quantities, release_reason, sequence, created_at, updated_at)
  SELECT $1, 'released', '{}', '{}', $2, 0, $3::timestamptz, $3::timestamptz FROM (SELECT count(*) FROM claim) AS first
  ON CONFLICT (order_id) DO UPDATE
    SET status = 'released', released_from = reservations.status, release_reason = excluded.release_reason,
      sequence = reservations.sequence + 1, updated_at = excluded.updated_at
    WHERE reservations.status IN ('reserved', 'committed')
  RETURNING order_id, product_ids, quantities, sequence, released_from
), line AS (${linesOf('released')}
), locked AS MATERIALIZED (${lockLines}
), freed AS (
  UPDATE stock SET free = locked.free + locked.quantity,
    reserved = locked.reserved - CASE WHEN released_from = 'reserved' THEN locked.quantity ELSE 0 END,
    sold = locked.sold - CASE WHEN released_from = 'committed' THEN locked.quantity ELSE 0 END
  FROM locked, released WHERE stock.product_id = locked.product_id
), event AS MATERIALIZED (${eventWithLines('released', '$4::jsonb', `, 'reason', CASE released_from WHEN 'committed' THEN 'returned' ELSE 'cancelled' END`)}
  FROM released WHERE released_from IS NOT NULL
), noted AS (${noteEvents})
SELECT order_id, released_from FROM released`;

/**
 * $1 order id, $2 name of what brought them, $3 product ids, $4 quantities, $5 now, $6 event without sequence.
 * No row: they came back before, or the order has nothing sold. More units than it has left break the check of their quantities,
 * and with it the whole statement.
 */
export const takeBackStatement = `
WITH claim AS (
  INSERT INTO stock_returns (order_id, name, product_ids, quantities, at)
  SELECT order_id, $2, $3::text[], $4::integer[], $5::timestamptz FROM reservations WHERE order_id = $1 AND status = 'committed'
  ON CONFLICT DO NOTHING
  RETURNING order_id
), held AS MATERIALIZED (
  SELECT reservations.order_id, reservations.product_ids, reservations.quantities, reservations.sequence
  FROM reservations JOIN claim USING (order_id)
  WHERE status = 'committed'
  FOR UPDATE OF reservations
), line AS (
  SELECT product_id, back.quantity
  FROM held, unnest(${plannedOnce('$3', 'text')}, ${plannedOnce('$4', 'integer')}) AS back (product_id, quantity)
), rest AS (
  SELECT product_id, coalesce(had.quantity, 0) - coalesce(line.quantity, 0) AS quantity
  FROM (${linesOf('held')}) AS had FULL JOIN line USING (product_id)
), kept AS (
  SELECT coalesce(array_agg(product_id ORDER BY product_id), '{}') AS product_ids, coalesce(array_agg(quantity ORDER BY product_id), '{}') AS quantities
  FROM rest WHERE quantity <> 0
), lessened AS (
  UPDATE reservations SET product_ids = kept.product_ids, quantities = kept.quantities, sequence = held.sequence + 1, updated_at = $5,
    status = CASE WHEN cardinality(kept.product_ids) = 0 THEN 'released' ELSE 'committed' END,
    released_from = CASE WHEN cardinality(kept.product_ids) = 0 THEN 'committed' END,
    release_reason = CASE WHEN cardinality(kept.product_ids) = 0 THEN 'returned' END
  FROM held, kept WHERE reservations.order_id = held.order_id
  RETURNING reservations.order_id, reservations.sequence
), locked AS MATERIALIZED (${lockLines}
), freed AS (
  UPDATE stock SET free = locked.free + locked.quantity, sold = locked.sold - locked.quantity
  FROM locked WHERE stock.product_id = locked.product_id
), event AS MATERIALIZED (
  SELECT $6::jsonb || jsonb_build_object('sequence', sequence) AS payload FROM lessened
), noted AS (${noteEvents})
SELECT order_id FROM lessened`;

/** $1 now, $2 events without subject, lines, reason and sequence: as many as reservations may be released at once. */
export const expireStatement = `
WITH due AS MATERIALIZED (
  SELECT order_id FROM reservations
  WHERE status = 'reserved' AND reserved_until <= $1
  ORDER BY reserved_until
  LIMIT cardinality($2::jsonb[])
  FOR UPDATE SKIP LOCKED
), released AS (
  UPDATE reservations
  SET status = 'released', released_from = 'reserved', release_reason = 'expired', sequence = sequence + 1, updated_at = $1
  FROM due WHERE reservations.order_id = due.order_id
  RETURNING reservations.order_id, product_ids, quantities, sequence
), line AS (
  SELECT product_id, sum(quantity) AS quantity FROM (${linesOf('released')}) AS each_line GROUP BY product_id
), locked AS MATERIALIZED (${lockLines}
), freed AS (
  UPDATE stock SET free = locked.free + locked.quantity, reserved = locked.reserved - locked.quantity
  FROM locked WHERE stock.product_id = locked.product_id
), numbered AS (
  SELECT released.*, row_number() OVER (ORDER BY order_id) AS number FROM released
), event AS MATERIALIZED (${eventWithLines('numbered', `($2::jsonb[])[number] || jsonb_build_object('subject', order_id)`, `, 'reason', 'expired'`)}
  FROM numbered
), noted AS (${noteEvents})
SELECT order_id FROM released`;

/** $1 product id, $2 change, $3 reason, $4 actor, $5 now, $6 event without free and sequence. No row: unknown or too few. */
export const adjustStatement = `
WITH changed AS (
  UPDATE stock SET free = free + $2::bigint, sequence = sequence + 1
  FROM products
  WHERE product_id = $1 AND products.id = product_id AND products.deleted_at IS NULL AND free + $2::bigint >= 0
  RETURNING product_id, free, stock.sequence
), moved AS (
  INSERT INTO stock_movements (product_id, kind, change, reason, actor, at)
  SELECT product_id, CASE WHEN $2::bigint < 0 THEN 'outbound' ELSE 'inbound' END, $2::bigint, $3, $4, $5 FROM changed
), event AS MATERIALIZED (
  SELECT jsonb_set($6::jsonb, '{data,free}', to_jsonb(free)) || jsonb_build_object('sequence', sequence) AS payload FROM changed
), noted AS (${noteEvents})
SELECT free::float8 AS free FROM changed`;
