-- The last check of the laws of the data, and the one that is under way: one row, for who asked when is among the acts.
CREATE TABLE law_check (
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  -- Of the check under way; null where none is.
  act_id text,
  begun_at timestamptz,
  -- Of the last one that ended.
  checked_at timestamptz,
  checked_by text,
  laws jsonb NOT NULL DEFAULT '[]'
);
