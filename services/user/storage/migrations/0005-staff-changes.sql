-- Whoever the configuration names may give roles to others.
UPDATE users SET roles = array_append(roles, 'admin')
  WHERE id IN (SELECT user_id FROM configured_staff) AND NOT 'admin' = ANY (roles);

CREATE INDEX users_with_role ON users (id) WHERE cardinality(roles) > 1;

-- Every role that was given or taken. Rows are added, never changed; they outlive the accounts that they name.
CREATE TABLE staff_changes (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL,
  change text NOT NULL CHECK (change IN ('added', 'removed')),
  role text NOT NULL CHECK (role IN ('staff', 'admin')),
  user_id text NOT NULL,
  email text NOT NULL,
  -- Null: the configuration, at a start.
  actor_id text,
  actor_email text
);

CREATE FUNCTION refuse_change_of_staff_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'staff_changes is append-only: % was refused', TG_OP;
END $$;

CREATE TRIGGER staff_changes_are_append_only BEFORE UPDATE OR DELETE ON staff_changes
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_staff_changes();
