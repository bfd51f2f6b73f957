-- The history of every order: the truth from which the projection can be rebuilt. Rows are added, never changed.
CREATE TABLE order_events (
  order_id text NOT NULL,
  sequence integer NOT NULL CHECK (sequence >= 1),
  event_id text NOT NULL UNIQUE,
  type text NOT NULL,
  data jsonb NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (order_id, sequence)
);

CREATE FUNCTION refuse_change_of_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'order_events is append-only: % of order % was refused', TG_OP, OLD.order_id;
END $$;

CREATE TRIGGER order_events_are_append_only BEFORE UPDATE OR DELETE ON order_events
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history();

-- The projection: each order as its last event left it.
CREATE TABLE orders (
  id text PRIMARY KEY,
  user_id text,
  session_id text,
  customer_name text,
  email text NOT NULL,
  status text NOT NULL CHECK (status IN (
    'pending', 'stock-reserved', 'paid', 'processing', 'shipped', 'delivered', 'cancelled', 'payment-failed', 'refunded')),
  lines jsonb NOT NULL,
  total bigint NOT NULL CHECK (total >= 0),
  currency text NOT NULL,
  shipping_address jsonb NOT NULL,
  payment_id text,
  captured bigint NOT NULL CHECK (captured >= 0),
  refunded bigint NOT NULL CHECK (refunded >= 0 AND refunded <= captured),
  failure text,
  cancel_reason text,
  shipment jsonb,
  refunds jsonb NOT NULL,
  closed boolean NOT NULL,
  -- Whether the process that drives orders still owes this one a step.
  owed boolean NOT NULL,
  -- Single-use token of the payment provider; erased as soon as no step needs it.
  payment_token text,
  version integer NOT NULL CHECK (version >= 1),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CHECK (user_id IS NOT NULL OR session_id IS NOT NULL)
);

CREATE INDEX orders_of_user ON orders (user_id, id DESC) WHERE user_id IS NOT NULL;
CREATE INDEX orders_of_guest ON orders (session_id, id DESC) WHERE user_id IS NULL;
CREATE INDEX orders_owed ON orders (updated_at) WHERE owed;
CREATE INDEX orders_awaiting_processing ON orders (updated_at) WHERE status = 'paid';

-- One key, one order. A claim that its request did not live to finish can be taken over after `claimed_until`.
CREATE TABLE idempotency_keys (
  owner text NOT NULL,
  key text NOT NULL,
  fingerprint text NOT NULL,
  attempt bigint NOT NULL,
  claimed_until timestamptz NOT NULL,
  order_id text,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (owner, key)
);

CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
