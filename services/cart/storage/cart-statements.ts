/** The SQL of the carts. An owner is a user or a session, so statements about owners name their column. */
import { insertOutboxFrom } from '../../kit/events/outbox.ts';
import type { CartOwner } from '../domain/cart-owner.ts';

const ownerColumns: Readonly<Record<CartOwner['kind'], 'user_id' | 'session_id'>> = {
  user: 'user_id',
  session: 'session_id',
};

const noteEvents = insertOutboxFrom('cart-events', 'event');

const byOwner = <Key extends string>(statement: (column: string) => string, key: Key) => {
  const text = { user: statement(ownerColumns.user), session: statement(ownerColumns.session) };
  return ({ kind }: CartOwner) => ({ text: text[kind], name: `${key}-of-${kind}` });
};

/** $1 owner. */
export const findByOwner = byOwner(
  (column) => `
  SELECT id, updated_at, coalesce(product_ids, '{}') AS product_ids, coalesce(quantities, '{}') AS quantities,
    coalesce(amounts, '{}') AS amounts, coalesce(currencies, '{}') AS currencies
  FROM carts LEFT JOIN LATERAL (
    SELECT array_agg(product_id ORDER BY added_at, product_id) AS product_ids,
      array_agg(quantity ORDER BY added_at, product_id) AS quantities,
      array_agg(seen_amount::float8 ORDER BY added_at, product_id) AS amounts,
      array_agg(seen_currency ORDER BY added_at, product_id) AS currencies
    FROM cart_items WHERE cart_id = carts.id
  ) AS line ON true
  WHERE ${column} = $1`,
  'find-cart',
);

/** $1 owner, $2 id of a new cart, $3 now. Locks the owner's cart, making it when there is none. */
export const claimByOwner = byOwner(
  (column) => `
  INSERT INTO carts (id, ${column}, created_at, updated_at) VALUES ($2, $1, $3, $3)
  ON CONFLICT (${column}) WHERE ${column} IS NOT NULL DO UPDATE SET sequence = carts.sequence
  RETURNING id, user_id, updated_at, sequence::float8 AS sequence, id = $2 AS created`,
  'claim-cart',
);

/** $1 owner. Locks the owner's cart if there is one. */
export const lockByOwner = byOwner(
  (column) => `
  SELECT id, user_id, updated_at, sequence::float8 AS sequence, false AS created FROM carts WHERE ${column} = $1 FOR UPDATE`,
  'lock-cart',
);

/** $1 cart. */
export const linesStatement = `
SELECT product_id, quantity, seen_amount::float8 AS amount, seen_currency AS currency FROM cart_items
WHERE cart_id = $1 ORDER BY added_at, product_id`;

/** $1 cart, $2 product ids, $3 quantities (0 takes the line out), $4 now, $5 events, $6 amounts and $7 currencies of the prices agreed to, null keeps what is there. */
export const writeStatement = `
WITH change AS (
  SELECT * FROM unnest($2::text[], $3::integer[], $6::bigint[], $7::text[]) AS line (product_id, quantity, amount, currency)
), removed AS (
  DELETE FROM cart_items USING change
  WHERE cart_id = $1 AND cart_items.product_id = change.product_id AND change.quantity = 0
), written AS (
  INSERT INTO cart_items (cart_id, product_id, quantity, added_at, seen_amount, seen_currency)
  SELECT $1, product_id, quantity, $4::timestamptz, amount, currency FROM change WHERE quantity > 0
  ON CONFLICT (cart_id, product_id) DO UPDATE SET quantity = excluded.quantity,
    seen_amount = coalesce(excluded.seen_amount, cart_items.seen_amount),
    seen_currency = coalesce(excluded.seen_currency, cart_items.seen_currency)
), touched AS (
  UPDATE carts SET updated_at = $4::timestamptz, abandoned_at = NULL, sequence = sequence + cardinality($5::jsonb[]) WHERE id = $1
), event AS (
  SELECT payload FROM unnest($5::jsonb[]) WITH ORDINALITY AS given (payload, place) ORDER BY place
)
${noteEvents}`;

/** $1 owner, $2 product ids, $3 amounts, $4 currencies. Notes prices that the owner agreed to. */
export const agreeByOwner = byOwner(
  (column) => `
  UPDATE cart_items SET seen_amount = amount, seen_currency = currency
  FROM carts, unnest($2::text[], $3::bigint[], $4::text[]) AS agreed (product, amount, currency)
  WHERE carts.${column} = $1 AND cart_items.cart_id = carts.id AND cart_items.product_id = agreed.product`,
  'agree-to-prices',
);

/** $1 session, $2 user, $3 now. Ends a guest's cart, remembering where it went. */
export const absorbStatement = `
WITH gone AS (DELETE FROM carts WHERE session_id = $1)
INSERT INTO merged_carts (session_id, user_id, merged_at) VALUES ($1, $2, $3)
ON CONFLICT (session_id) DO UPDATE SET user_id = excluded.user_id, merged_at = excluded.merged_at`;

const numberedEvent = `
  SELECT ($2::jsonb[])[number] || jsonb_build_object('subject', id, 'sequence', sequence,
    'data', jsonb_build_object('cartId', id, 'userId', user_id) || details) AS payload`;

/** The digest of use-cases/cart-version.ts over the lines of one cart; a test compares the two. */
const versionOfLines = `
  left(translate(encode(sha256(convert_to(
    '["' || string_agg(quantity || ' ' || product_id, '","' ORDER BY quantity || ' ' || product_id COLLATE "C") || '"]', 'UTF8'
  )), 'base64'), '+/', '-_'), 22)`;

/** $1 now, $2 events without cart, $3 changed before. Marks filled carts, as many as there are events. */
export const abandonStatement = `
WITH due AS MATERIALIZED (
  SELECT id FROM carts
  WHERE abandoned_at IS NULL AND updated_at <= $3 AND EXISTS (SELECT FROM cart_items WHERE cart_id = carts.id)
  ORDER BY updated_at LIMIT cardinality($2::jsonb[])
  FOR UPDATE SKIP LOCKED
), marked AS (
  UPDATE carts SET abandoned_at = $1, sequence = sequence + 1 FROM due WHERE carts.id = due.id
  RETURNING carts.id, user_id, sequence
), numbered AS (
  SELECT marked.*, row_number() OVER (ORDER BY id) AS number,
    jsonb_build_object('items', held.count, 'version', held.version) AS details
  FROM marked, LATERAL (SELECT count(*), ${versionOfLines} AS version FROM cart_items WHERE cart_id = marked.id) AS held
), event AS (${numberedEvent} FROM numbered
), noted AS (${noteEvents})
SELECT id FROM marked`;

/** $1 changed before, $2 events without cart. Deletes carts, as many as there are events. */
export const expireStatement = `
WITH due AS MATERIALIZED (
  SELECT id FROM carts WHERE updated_at <= $1 ORDER BY updated_at LIMIT cardinality($2::jsonb[]) FOR UPDATE SKIP LOCKED
), deleted AS (
  DELETE FROM carts USING due WHERE carts.id = due.id RETURNING carts.id, user_id, sequence + 1 AS sequence
), numbered AS (
  SELECT deleted.*, row_number() OVER (ORDER BY id) AS number, '{}'::jsonb AS details FROM deleted
), event AS (${numberedEvent} FROM numbered
), noted AS (${noteEvents})
SELECT id FROM deleted`;

/** $1 user, $2 event without cart, in a list. Deletes the cart of a user, and what is remembered of carts that went into it. */
export const dropStatement = `
WITH forgotten AS (DELETE FROM merged_carts WHERE user_id = $1
), deleted AS (
  DELETE FROM carts WHERE user_id = $1 RETURNING id, user_id, sequence + 1 AS sequence
), numbered AS (
  SELECT deleted.*, 1 AS number, '{}'::jsonb AS details FROM deleted
), event AS (${numberedEvent} FROM numbered
)
${noteEvents}`;
