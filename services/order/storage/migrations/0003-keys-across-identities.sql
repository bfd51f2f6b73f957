-- A key holds when its caller signs in or out between two tries: it is found by the account, by the session of the browser,
-- and by the request itself, whoever repeats it.
ALTER TABLE idempotency_keys ADD COLUMN session_id text;

UPDATE idempotency_keys SET session_id = owner WHERE owner LIKE 'ses\_%';

-- Of equal requests under one key by several callers, the first answers for all.
DELETE FROM idempotency_keys AS later USING idempotency_keys AS first
  WHERE later.key = first.key AND later.fingerprint = first.fingerprint
    AND (first.created_at, first.owner) < (later.created_at, later.owner);

CREATE UNIQUE INDEX idempotency_keys_of_session ON idempotency_keys (session_id, key);
CREATE UNIQUE INDEX idempotency_keys_of_request ON idempotency_keys (key, fingerprint);
