-- Failures were kept by a 20-bit hash of the address, so that strangers met in one row. Only an hour's worth is lost.
DROP TABLE login_failures;

-- Failed log-ins, whether or not the address has an account. Each row costs whoever makes it a password hash.
CREATE TABLE login_failures (
  -- SHA-256 of the address and of the network that the attempts came from.
  place bytea PRIMARY KEY,
  -- SHA-256 of the address.
  account bytea NOT NULL,
  failures integer NOT NULL,
  last_at timestamptz NOT NULL
);
CREATE INDEX login_failures_of_account ON login_failures (account);
CREATE INDEX login_failures_age ON login_failures (last_at);

-- Where accounts signed in before: strangers elsewhere cannot make these wait.
CREATE TABLE login_places (
  place bytea PRIMARY KEY,
  account bytea NOT NULL,
  last_at timestamptz NOT NULL
);
CREATE INDEX login_places_of_account ON login_places (account, last_at);
CREATE INDEX login_places_age ON login_places (last_at);
