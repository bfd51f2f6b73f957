-- Where an account has things sent to; the bound of twenty is kept by whoever holds the account's row.
CREATE TABLE addresses (
  id text PRIMARY KEY,
  user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  address jsonb NOT NULL,
  is_default boolean NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX addresses_of_user ON addresses (user_id, created_at);
CREATE UNIQUE INDEX addresses_one_default ON addresses (user_id) WHERE is_default;

-- Accounts that were deleted: that they were there and when they ended, and nothing of whom they were.
CREATE TABLE deleted_users (
  id text PRIMARY KEY,
  -- Sequence of the last event.
  sequence integer NOT NULL,
  deleted_at timestamptz NOT NULL
);
