-- One cart a user or anonymous session; it lives until it is merged or expires, empty or not.
CREATE TABLE carts (
  id text COLLATE "C" PRIMARY KEY,
  user_id text COLLATE "C",
  session_id text COLLATE "C",
  -- Number of cart events so far.
  sequence bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  -- When the cart counted as abandoned; null again after the next change.
  abandoned_at timestamptz,
  CHECK (num_nonnulls(user_id, session_id) = 1)
);
CREATE UNIQUE INDEX carts_user ON carts (user_id) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX carts_session ON carts (session_id) WHERE session_id IS NOT NULL;
CREATE INDEX carts_user_created ON carts (user_id, created_at);
CREATE INDEX carts_updated ON carts (updated_at);
CREATE INDEX carts_not_abandoned ON carts (updated_at) WHERE abandoned_at IS NULL;

CREATE TABLE cart_items (
  cart_id text COLLATE "C" NOT NULL REFERENCES carts (id) ON DELETE CASCADE,
  product_id text COLLATE "C" NOT NULL,
  quantity integer NOT NULL CHECK (quantity BETWEEN 1 AND 99),
  added_at timestamptz NOT NULL,
  PRIMARY KEY (cart_id, product_id)
);
CREATE INDEX cart_items_product ON cart_items (product_id);

-- Into whose cart a session's cart went: an order of the session may be heard of only afterwards.
CREATE TABLE merged_carts (
  session_id text COLLATE "C" PRIMARY KEY,
  user_id text COLLATE "C" NOT NULL,
  merged_at timestamptz NOT NULL
);
CREATE INDEX merged_carts_merged ON merged_carts (merged_at);
