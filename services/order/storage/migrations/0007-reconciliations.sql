-- Comparisons of orders with their money and their stock, and the record of what was repaired, by whom and when.
CREATE TABLE reconciliations (
  id text PRIMARY KEY,
  -- The account, or "schedule".
  asked_by text NOT NULL,
  repair boolean NOT NULL,
  since timestamptz NOT NULL,
  is_done boolean NOT NULL DEFAULT false,
  -- Where the next worker goes on, should this one die.
  phase text NOT NULL,
  after text,
  orders bigint NOT NULL DEFAULT 0,
  payments bigint NOT NULL DEFAULT 0,
  reservations bigint NOT NULL DEFAULT 0,
  products bigint NOT NULL DEFAULT 0,
  under_way bigint NOT NULL DEFAULT 0,
  started_at timestamptz NOT NULL,
  touched_at timestamptz NOT NULL
);

CREATE TABLE drifts (
  reconciliation_id text NOT NULL REFERENCES reconciliations ON DELETE CASCADE,
  number integer NOT NULL,
  kind text NOT NULL,
  order_id text,
  payment_id text,
  product_id text,
  detail text NOT NULL,
  repair text,
  outcome text NOT NULL CHECK (outcome IN ('found', 'repaired', 'left')),
  at timestamptz NOT NULL,
  PRIMARY KEY (reconciliation_id, number),
  -- A page that is compared again after a crash finds what it has found.
  UNIQUE NULLS NOT DISTINCT (reconciliation_id, kind, order_id, payment_id, product_id, detail)
);
