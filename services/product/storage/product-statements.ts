/** The SQL of the catalogue. Prices and stock fit a double exactly, so that the driver can hand out numbers. */
import { insertOutboxFrom } from '../../kit/events/outbox.ts';
import { plannedOnce } from '../../kit/storage/planned-once.ts';
import { indexVersion } from '../domain/product.ts';

/** Of `products` joined with its `stock`. */
export const productColumns = `
  products.id, title, description, category, price_amount::float8 AS price_amount, price_currency, image_url, attributes, images,
  free::float8 AS stock, title_key, products.version, products.created_at, products.updated_at`;

/** Everything that is in the catalogue. */
export const existingProducts =
  'FROM products JOIN stock ON stock.product_id = products.id WHERE products.deleted_at IS NULL';

export const findStatement = `SELECT ${productColumns} ${existingProducts} AND products.id = ANY (${plannedOnce('$1', 'text')})`;

export const categoriesStatement =
  'SELECT name, products::int AS products FROM categories WHERE products > 0 ORDER BY lower(unaccent(name)), name';

const searchOf = (title: string, attributes: string, description: string) => `
  setweight(to_tsvector('folded', ${title}), 'A') || setweight(to_tsvector('folded', ${attributes}), 'B')
  || setweight(to_tsvector('folded', ${description}), 'D')`;

/**
 * $1 products as JSON, $2 now, $3 actor, $4 reason, $5 events of initial stock as JSON by product id.
 * New products get their stock; products that carry the reference of an existing one replace its details, never its stock.
 */
export const loadStatement = `
WITH item AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS item (
    id text, reference text, title text, description text, category text, price_amount bigint, price_currency text,
    image_url text, attributes jsonb, stock bigint, title_key text, title_words text, attribute_words text, description_words text)
), written AS (
  INSERT INTO products AS old (id, reference, title, description, category, price_amount, price_currency, image_url, attributes,
    title_key, search, index_version, changed_by, created_at, updated_at)
  SELECT id, reference, title, description, category, price_amount, price_currency, image_url, attributes,
    unaccent(title_key), ${searchOf('title_words', 'attribute_words', 'description_words')}, ${indexVersion}, $3, $2::timestamptz, $2::timestamptz
  FROM item ORDER BY reference
  ON CONFLICT (reference) DO UPDATE SET title = excluded.title, description = excluded.description, category = excluded.category,
    price_amount = excluded.price_amount, price_currency = excluded.price_currency, image_url = excluded.image_url,
    attributes = excluded.attributes, title_key = excluded.title_key, search = excluded.search, index_version = excluded.index_version,
    changed_by = excluded.changed_by, updated_at = excluded.updated_at, version = old.version + 1
  WHERE old.deleted_at IS NULL
    AND (old.title, old.description, old.category, old.price_amount, old.price_currency, old.image_url, old.attributes) IS DISTINCT FROM
      (excluded.title, excluded.description, excluded.category, excluded.price_amount, excluded.price_currency, excluded.image_url, excluded.attributes)
  RETURNING id
), stocked AS (
  INSERT INTO stock (product_id, free, sequence)
  SELECT id, stock, CASE WHEN stock > 0 THEN 1 ELSE 0 END FROM item JOIN written USING (id)
  RETURNING product_id, free
), moved AS (
  INSERT INTO stock_movements (product_id, kind, change, reason, actor, at)
  SELECT product_id, 'initial', free, $4, $3, $2::timestamptz FROM stocked WHERE free > 0
), event AS (
  SELECT $5::jsonb -> product_id AS payload FROM stocked WHERE free > 0
), noted AS (${insertOutboxFrom('inventory-events', 'event')})
SELECT item.id, CASE WHEN written.id IS NOT NULL THEN 'created' WHEN earlier.deleted_at IS NOT NULL THEN 'removed' ELSE 'updated' END AS outcome
FROM item LEFT JOIN written ON written.id = item.id LEFT JOIN products AS earlier ON earlier.reference = item.reference`;

export const lockStatement = `SELECT ${productColumns} ${existingProducts} AND products.id = $1 FOR UPDATE OF products`;

/** $1 id, then the details in the order of `columnsOf` of the repository, $13 now, $14 actor. */
export const updateStatement = `
  UPDATE products SET title = $2, description = $3, category = $4, price_amount = $5, price_currency = $6, image_url = $7,
    attributes = $8, title_key = unaccent($9), search = ${searchOf('$10', '$11', '$12')}, index_version = ${indexVersion}, updated_at = $13,
    changed_by = $14, version = version + 1
  WHERE id = $1`;

/** $1 how many. Products whose index was made in an older way, removed ones too, which nobody else is making again. */
export const staleStatement = `
  SELECT id, title, description, category, attributes FROM products WHERE index_version < ${indexVersion}
  ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED`;

/** $1 ids and indexes as JSON. */
export const reindexStatement = `
  UPDATE products SET title_key = unaccent(item."titleKey"), index_version = ${indexVersion},
    search = ${searchOf('item."titleWords"', 'item."attributeWords"', 'item."descriptionWords"')}
  FROM jsonb_to_recordset($1::jsonb) AS item (id text, "titleKey" text, "titleWords" text, "attributeWords" text, "descriptionWords" text)
  WHERE products.id = item.id`;

/** Nobody needs its pictures any more; a page that is open may show them for an hour. */
export const removeStatement = `
  WITH gone AS (
    UPDATE products SET deleted_at = $2, updated_at = $2, images = '[]' WHERE id = $1 AND deleted_at IS NULL RETURNING id
  ), unused AS (
    UPDATE image_uploads SET state = 'unused', remove_at = $2::timestamptz + interval '1 hour'
    FROM gone WHERE product_id = gone.id AND state = 'stored'
  )
  SELECT FROM gone`;
