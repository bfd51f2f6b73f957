-- What staff know of the records of the dead-letter topics; the records themselves stay in the log alone.
CREATE TABLE dead_letters (
  topic text NOT NULL,
  -- Place in the dead-letter topic of that topic.
  dead_offset bigint NOT NULL,
  consumer text NOT NULL,
  reason text NOT NULL,
  key text NOT NULL,
  -- What makes it the same event again: its id, or a digest of a value that has none.
  identity text NOT NULL,
  event_id text,
  event_type text,
  attempts integer NOT NULL,
  first_failure timestamptz,
  last_failure timestamptz,
  error_class text NOT NULL,
  error_message text NOT NULL,
  origin_partition integer,
  origin_offset bigint,
  died_at timestamptz NOT NULL,
  state text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'reviewed', 'replaying', 'replayed', 'discarded', 'gone')),
  -- How often the same event had been replayed for this consumer before it came here.
  replays integer NOT NULL DEFAULT 0,
  touched_at timestamptz,
  touched_by text,
  act_id text,
  PRIMARY KEY (topic, dead_offset)
);
CREATE INDEX dead_letters_of_an_event ON dead_letters (topic, consumer, identity);
CREATE INDEX dead_letters_of_a_key ON dead_letters (topic, consumer, key) WHERE state IN ('new', 'reviewed', 'replaying');
CREATE INDEX dead_letters_by_state ON dead_letters (state, died_at);

-- How far each dead-letter topic is known.
CREATE TABLE known_dead_letters (
  topic text PRIMARY KEY,
  next_offset bigint NOT NULL
);
