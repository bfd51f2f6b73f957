-- One payment an order; the unique order id is what makes a second charge impossible.
CREATE TABLE payments (
  id text PRIMARY KEY,
  order_id text NOT NULL UNIQUE,
  status text NOT NULL CHECK (status IN ('pending', 'unknown', 'authorised', 'declined', 'captured', 'voided', 'refunded')),
  amount bigint NOT NULL CHECK (amount >= 0),
  currency text NOT NULL,
  captured bigint NOT NULL DEFAULT 0 CHECK (captured >= 0 AND captured <= amount),
  refunded bigint NOT NULL DEFAULT 0 CHECK (refunded >= 0 AND refunded <= captured),
  refunds jsonb NOT NULL DEFAULT '[]',
  decline_reason text,
  reference text,
  -- Single-use token of the provider; kept only while the outcome is open, because asking again needs it.
  token text,
  version integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);

CREATE INDEX payments_undecided ON payments (updated_at) WHERE status IN ('pending', 'unknown');
CREATE INDEX payments_by_status ON payments (status, id DESC);

-- Double entry: positive is debit, negative is credit; each movement of a payment is booked once and sums to zero.
CREATE TABLE ledger_entries (
  payment_id text NOT NULL REFERENCES payments,
  movement text NOT NULL,
  account text NOT NULL CHECK (account IN ('provider', 'sales')),
  amount bigint NOT NULL CHECK (amount <> 0),
  currency text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (payment_id, movement, account)
);

-- The books of the sandbox provider: another company's, which merely live in this database.
CREATE SCHEMA sandbox;
CREATE SEQUENCE sandbox.references;
CREATE TABLE sandbox.charges (
  reference text PRIMARY KEY DEFAULT 'sandbox_' || nextval('sandbox.references'),
  key text NOT NULL UNIQUE,
  amount bigint NOT NULL CHECK (amount >= 0),
  currency text NOT NULL,
  status text NOT NULL CHECK (status IN ('authorised', 'declined', 'captured', 'voided')),
  captured bigint NOT NULL DEFAULT 0 CHECK (captured >= 0 AND captured <= amount),
  refunds jsonb NOT NULL DEFAULT '[]',
  decline_reason text,
  created_at timestamptz NOT NULL DEFAULT now()
);
