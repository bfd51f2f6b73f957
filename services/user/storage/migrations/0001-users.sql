CREATE TABLE users (
  id text PRIMARY KEY,
  -- Lower case; the contract folds it.
  email text NOT NULL UNIQUE CHECK (email = lower(email)),
  name text NOT NULL,
  -- PHC string of argon2id.
  password_hash text NOT NULL,
  roles text[] NOT NULL,
  -- Sequence of the account's last event.
  sequence integer NOT NULL,
  created_at timestamptz NOT NULL
);

-- The first staff account as it was configured; tells a new STAFF_PASSWORD from one that its owner changed.
CREATE TABLE configured_staff (
  user_id text PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  password_hash text NOT NULL
);

-- One log-in: the family of its refresh tokens, and the claim `sid` of its access tokens.
CREATE TABLE sessions (
  id text PRIMARY KEY,
  user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz
);
CREATE INDEX sessions_live_of_user ON sessions (user_id, id) WHERE revoked_at IS NULL;
CREATE INDEX sessions_ended ON sessions ((least(expires_at, revoked_at)));

CREATE TABLE refresh_tokens (
  -- SHA-256 of the token; the token itself is known to its client only.
  hash bytea PRIMARY KEY,
  session_id text NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  successor_hash bytea,
  -- The successor, sealed with the token that it succeeds: only who still holds that one can get it again.
  sealed_successor bytea,
  CHECK ((used_at IS NULL) = (successor_hash IS NULL) AND (used_at IS NULL) = (sealed_successor IS NULL))
);
CREATE INDEX refresh_tokens_of_session ON refresh_tokens (session_id);
CREATE INDEX refresh_tokens_expiry ON refresh_tokens (expires_at);

-- Failed log-ins by a 20-bit hash of the address, so that made-up addresses fill at most 1,048,576 rows.
CREATE TABLE login_failures (
  bucket integer PRIMARY KEY,
  failures integer NOT NULL,
  last_at timestamptz NOT NULL
);
CREATE INDEX login_failures_age ON login_failures (last_at);

CREATE TABLE signing_keys (
  kid text PRIMARY KEY,
  public_jwk jsonb NOT NULL,
  -- PKCS #8, sealed with KEY_ENCRYPTION_SECRET.
  sealed_private_key bytea NOT NULL,
  signs_from timestamptz NOT NULL
);
