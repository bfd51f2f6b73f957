-- Units of committed reservations that came back in part: one row for what brought them, so that they come back once.
CREATE TABLE stock_returns (
  order_id text COLLATE "C" NOT NULL REFERENCES reservations (order_id),
  -- What the order calls what brought them, such as the id of a return.
  name text COLLATE "C" NOT NULL,
  product_ids text[] COLLATE "C" NOT NULL,
  quantities integer[] NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (order_id, name),
  CHECK (cardinality(product_ids) = cardinality(quantities)),
  CHECK (0 < ALL (quantities))
);
