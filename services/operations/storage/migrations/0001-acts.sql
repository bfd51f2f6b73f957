-- Who did what to the shop, when and why: written before the act, completed after it, never changed otherwise.
CREATE TABLE acts (
  id text PRIMARY KEY,
  actor text NOT NULL,
  act text NOT NULL,
  subject jsonb NOT NULL,
  reason text NOT NULL,
  begun_at timestamptz NOT NULL,
  ended_at timestamptz,
  -- What came of it; null while it is under way, or when its process ended before it did.
  outcome text CHECK (outcome IN ('done', 'refused', 'failed')),
  detail jsonb
);
