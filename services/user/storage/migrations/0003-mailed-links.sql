-- When the owner of the mailbox has shown that the address is his; null: nobody has.
ALTER TABLE users ADD email_verified_at timestamptz;

-- Links that were mailed: whoever has one proves the address, or sets a new password. Each works once.
CREATE TABLE mailed_links (
  -- SHA-256 of the token; the token itself stands in the mail only.
  hash bytea PRIMARY KEY,
  user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  purpose text NOT NULL CHECK (purpose IN ('verify-address', 'reset-password')),
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX mailed_links_of_user ON mailed_links (user_id, purpose, created_at);
CREATE INDEX mailed_links_age ON mailed_links (created_at);
