-- Ids and keys are compared bytewise (collation "C"), so that every database sorts alike and row locks are taken in one order.
CREATE TABLE products (
  id text COLLATE "C" PRIMARY KEY,
  -- The importer's own key; null for products that staff made by hand.
  reference text COLLATE "C" UNIQUE,
  title text NOT NULL,
  description text NOT NULL,
  category text COLLATE "C" NOT NULL,
  price_amount bigint NOT NULL CHECK (price_amount BETWEEN 0 AND 1000000000),
  price_currency text NOT NULL CHECK (price_currency ~ '^[A-Z]{3}$'),
  image_url text,
  attributes jsonb NOT NULL CHECK (jsonb_typeof(attributes) = 'object'),
  title_key text COLLATE "C" NOT NULL,
  search tsvector NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  -- Set by DELETE: orders and the ledger go on to name the product.
  deleted_at timestamptz
);

-- One index a sort, with and without category; ids sort by time, so the newest come by id.
CREATE INDEX products_newest ON products (id) WHERE deleted_at IS NULL;
CREATE INDEX products_title ON products (title_key, id) WHERE deleted_at IS NULL;
CREATE INDEX products_price ON products (price_amount, id) WHERE deleted_at IS NULL;
CREATE INDEX products_category_newest ON products (category, id) WHERE deleted_at IS NULL;
CREATE INDEX products_category_title ON products (category, title_key, id) WHERE deleted_at IS NULL;
CREATE INDEX products_category_price ON products (category, price_amount, id) WHERE deleted_at IS NULL;
CREATE INDEX products_search ON products USING gin (search) WHERE deleted_at IS NULL;

-- Where every unit of a product is now. The checks are the last word against overselling.
CREATE TABLE stock (
  product_id text COLLATE "C" PRIMARY KEY REFERENCES products (id),
  free bigint NOT NULL CHECK (free >= 0),
  reserved bigint NOT NULL DEFAULT 0 CHECK (reserved >= 0),
  sold bigint NOT NULL DEFAULT 0 CHECK (sold >= 0),
  -- Number of inventory.adjusted events of this product so far.
  sequence bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 70);

-- Everything that ever changed a product's total: sum(change) = free + reserved + sold.
CREATE TABLE stock_movements (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  product_id text COLLATE "C" NOT NULL REFERENCES stock (product_id),
  kind text NOT NULL CHECK (kind IN ('initial', 'inbound', 'outbound')),
  change bigint NOT NULL CHECK (CASE WHEN kind = 'outbound' THEN change < 0 ELSE change > 0 END),
  reason text NOT NULL,
  -- Id of the member of staff.
  actor text NOT NULL,
  at timestamptz NOT NULL
);
CREATE UNIQUE INDEX stock_movements_initial ON stock_movements (product_id) WHERE kind = 'initial';
CREATE INDEX stock_movements_product ON stock_movements (product_id, id);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only; correct it with another movement', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER stock_movements_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON stock_movements
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Whoever inserts an order here decides first what becomes of it. Never updated, so that a repeated reservation waits for
-- the first one before it holds any stock, and never for what happens to the reservation later.
CREATE TABLE reservation_claims (order_id text COLLATE "C" PRIMARY KEY);

-- One row an order, for ever: a repeated call reads the decision here, and a released row bars a late reservation.
CREATE TABLE reservations (
  order_id text COLLATE "C" PRIMARY KEY,
  status text NOT NULL CHECK (status IN ('reserved', 'rejected', 'committed', 'released')),
  -- Lines side by side, sorted by product; empty when the order was released before it reserved anything.
  product_ids text[] COLLATE "C" NOT NULL,
  quantities integer[] NOT NULL,
  -- Of a rejected reservation: what was missing, as answered.
  shortages jsonb NOT NULL DEFAULT '[]',
  reserved_until timestamptz,
  -- Of a released reservation: where the units came from, null when there were none.
  released_from text CHECK (released_from IN ('reserved', 'committed')),
  release_reason text,
  -- Number of inventory events of this order so far.
  sequence integer NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CHECK (cardinality(product_ids) = cardinality(quantities)),
  CHECK (0 < ALL (quantities)),
  CHECK (status <> 'reserved' OR reserved_until IS NOT NULL)
) WITH (fillfactor = 80);
CREATE INDEX reservations_due ON reservations (reserved_until) WHERE status = 'reserved';

-- reserved and sold of a product are the sums of its lines with status reserved and committed.
CREATE VIEW reservation_lines AS
  SELECT order_id, status, product_id, quantity
  FROM reservations, unnest(product_ids, quantities) AS line (product_id, quantity);
