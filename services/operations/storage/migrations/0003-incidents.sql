-- What went wrong, how bad it was, who looked at it, and what was learnt; notes are added and never changed.
CREATE TABLE incidents (
  id text PRIMARY KEY,
  severity text NOT NULL CHECK (severity IN ('P0', 'P1', 'P2', 'P3')),
  title text NOT NULL,
  opened_by text NOT NULL,
  opened_at timestamptz NOT NULL,
  acknowledged_by text,
  acknowledged_at timestamptz,
  closed_by text,
  closed_at timestamptz
);

CREATE TABLE incident_notes (
  incident_id text NOT NULL REFERENCES incidents,
  number integer NOT NULL,
  at timestamptz NOT NULL,
  author text NOT NULL,
  -- `opened`, `acknowledged`, `severity`, `note` or `closed`.
  kind text NOT NULL,
  text text NOT NULL,
  PRIMARY KEY (incident_id, number)
);

-- Times in which something is known to be away; each has an end.
CREATE TABLE maintenance_windows (
  id text PRIMARY KEY,
  title text NOT NULL,
  services text[] NOT NULL,
  opened_by text NOT NULL,
  opened_at timestamptz NOT NULL,
  begins_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL CHECK (ends_at > begins_at AND ends_at <= begins_at + interval '24 hours'),
  closed_by text,
  closed_at timestamptz
);
