-- Column names of the outbox follow Debezium's outbox event router, so that MSK Connect can replace the relay:
-- aggregatetype is the topic, aggregateid the record key, payload the whole CloudEvent.
CREATE TABLE outbox (
  id text PRIMARY KEY,
  aggregatetype text NOT NULL,
  aggregateid text NOT NULL,
  type text NOT NULL,
  payload jsonb NOT NULL,
  sequence bigint NOT NULL,
  position bigint GENERATED ALWAYS AS IDENTITY,
  created_at timestamptz NOT NULL DEFAULT now(),
  published_at timestamptz
);
CREATE INDEX outbox_unpublished ON outbox (position) WHERE published_at IS NULL;
CREATE INDEX outbox_published ON outbox (published_at) WHERE published_at IS NOT NULL;

-- One row: who publishes. The epoch rises with each change of holder and fences whoever held it before.
CREATE TABLE relay_lease (
  name text PRIMARY KEY,
  holder text,
  epoch bigint NOT NULL,
  expires_at timestamptz NOT NULL,
  is_asleep boolean NOT NULL DEFAULT true
);
INSERT INTO relay_lease (name, epoch, expires_at) VALUES ('outbox', 0, '-infinity');

-- NOTIFY takes a lock of the whole cluster until the commit is on disk, so business transactions notify only a relay
-- that sleeps; one that is awake looks again by itself.
CREATE FUNCTION wake_relay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM relay_lease WHERE is_asleep) THEN
    PERFORM pg_notify('outbox', '');
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER outbox_wakes_relay AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION wake_relay();

CREATE TABLE inbox (
  consumer text NOT NULL,
  event_id text NOT NULL,
  accepted_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (consumer, event_id)
);
CREATE INDEX inbox_accepted ON inbox (accepted_at);

-- An event that could not be handled, and the later ones of its key: they wait for it, so that the key keeps its order.
CREATE TABLE parked_events (
  consumer text NOT NULL,
  topic text NOT NULL,
  key text NOT NULL,
  event_id text NOT NULL,
  position bigint GENERATED ALWAYS AS IDENTITY,
  reason text NOT NULL,
  parked_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (consumer, topic, key, event_id)
);
