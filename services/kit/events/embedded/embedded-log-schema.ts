/**
 * Tables and functions of the embedded log. In TypeScript and not in a .sql file, so that every bundle carries it.
 *
 * Offsets come from one counter row per partition that the appending transaction locks until it commits: they have no gap
 * and readers see them in order. A sequence would let a later number commit first, and a reader would skip the earlier one.
 */
export const embeddedLogSchema = `
CREATE SCHEMA IF NOT EXISTS event_log;

CREATE TABLE IF NOT EXISTS event_log.topics (
  name text PRIMARY KEY,
  retention_days integer NOT NULL
);

CREATE TABLE IF NOT EXISTS event_log.partitions (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic text NOT NULL REFERENCES event_log.topics,
  partition integer NOT NULL,
  earliest_offset bigint NOT NULL DEFAULT 0,
  next_offset bigint NOT NULL DEFAULT 0,
  UNIQUE (topic, partition)
) WITH (fillfactor = 20);

CREATE TABLE IF NOT EXISTS event_log.records (
  partition_id integer NOT NULL,
  "offset" bigint NOT NULL,
  key text NOT NULL,
  value text NOT NULL,
  headers jsonb NOT NULL,
  appended_at timestamptz NOT NULL,
  PRIMARY KEY (partition_id, "offset")
);

CREATE TABLE IF NOT EXISTS event_log.members (
  group_name text NOT NULL,
  member text NOT NULL,
  topics text[] NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (group_name, member)
);

CREATE TABLE IF NOT EXISTS event_log.positions (
  group_name text NOT NULL,
  partition_id integer NOT NULL REFERENCES event_log.partitions,
  committed bigint NOT NULL,
  member text,
  epoch bigint NOT NULL DEFAULT 0,
  lease_expires_at timestamptz NOT NULL DEFAULT '-infinity',
  PRIMARY KEY (group_name, partition_id)
) WITH (fillfactor = 20);

-- md5 and not hashtext: that one may change with a new version of PostgreSQL, and keys would move.
CREATE OR REPLACE FUNCTION event_log.partition_of(key text, partitions bigint) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (('x' || left(md5(key), 7))::bit(28)::integer % partitions)::integer;

-- False: no such topic. Counter rows are locked in one order, so that two appends cannot wait for each other.
CREATE OR REPLACE FUNCTION event_log.append(to_topic text, keys text[], contents text[], headings jsonb[]) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE size bigint;
BEGIN
  SELECT count(*) INTO size FROM event_log.partitions WHERE topic = to_topic;
  IF size = 0 THEN RETURN false; END IF;
  PERFORM FROM event_log.partitions
    WHERE topic = to_topic AND partition IN (SELECT event_log.partition_of(k, size) FROM unnest(keys) AS k)
    ORDER BY id FOR NO KEY UPDATE;
  WITH placed AS (
    SELECT event_log.partition_of(key, size) AS partition, key, value, headers, place
    FROM unnest(keys, contents, headings) WITH ORDINALITY AS given (key, value, headers, place)
  ), incoming AS (
    SELECT *, row_number() OVER (PARTITION BY partition ORDER BY place) AS nth FROM placed
  ), moved AS (
    UPDATE event_log.partitions AS p SET next_offset = p.next_offset + added.count
    FROM (SELECT partition, count(*) FROM placed GROUP BY partition) AS added
    WHERE p.topic = to_topic AND p.partition = added.partition
    RETURNING p.id, p.partition, p.next_offset - added.count AS first
  )
  INSERT INTO event_log.records (partition_id, "offset", key, value, headers, appended_at)
  SELECT moved.id, moved.first + nth - 1, key, value, headers, clock_timestamp()
  FROM incoming JOIN moved USING (partition) ORDER BY moved.id, nth;
  PERFORM pg_notify('event_log', to_topic);
  RETURN true;
END $$;

-- One heartbeat of a member: stays in the group, renews what it holds, takes its fair share of what is free, and learns what
-- it holds and should give back. A partition changes hands only when its holder gave it back or its lease ran out; then its
-- epoch rises, which fences whoever held it before.
CREATE OR REPLACE FUNCTION event_log.heartbeat(of_group text, of_member text, of_topics text[], lease interval, from_end boolean)
RETURNS TABLE (partition_id integer, topic text, partition integer, epoch bigint, committed bigint, give_back boolean)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE moment timestamptz;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('event_log:' || of_group, 0));
  moment := clock_timestamp();
  DELETE FROM event_log.members WHERE group_name = of_group AND expires_at < moment;
  INSERT INTO event_log.members AS m (group_name, member, topics, expires_at)
    VALUES (of_group, of_member, of_topics, moment + lease)
    ON CONFLICT (group_name, member) DO UPDATE SET expires_at = excluded.expires_at;
  INSERT INTO event_log.positions (group_name, partition_id, committed)
    SELECT of_group, id, CASE WHEN from_end THEN next_offset ELSE earliest_offset END
    FROM event_log.partitions WHERE topic = ANY (of_topics)
      AND NOT EXISTS (SELECT FROM event_log.positions pos WHERE pos.group_name = of_group AND pos.partition_id = id)
    ON CONFLICT DO NOTHING;
  UPDATE event_log.positions SET lease_expires_at = moment + lease WHERE group_name = of_group AND member = of_member;
  RETURN QUERY
  WITH live AS (
    SELECT m.member, t.name AS topic, row_number() OVER (PARTITION BY t.name ORDER BY m.member) - 1 AS rank,
      count(*) OVER (PARTITION BY t.name) AS members
    FROM event_log.members m, unnest(m.topics) AS t (name) WHERE m.group_name = of_group
  ), share AS (
    SELECT topic, size / members + CASE WHEN rank < size % members THEN 1 ELSE 0 END AS fair
    FROM live JOIN (SELECT topic, count(*) AS size FROM event_log.partitions GROUP BY topic) AS sizes USING (topic)
    WHERE member = of_member
  ), candidate AS (
    SELECT p.id, pos.member IS NOT DISTINCT FROM of_member AS is_held, share.fair,
      row_number() OVER (PARTITION BY p.topic ORDER BY pos.member IS NOT DISTINCT FROM of_member DESC, p.partition) AS nth
    FROM event_log.positions pos JOIN event_log.partitions p ON p.id = pos.partition_id JOIN share ON share.topic = p.topic
    WHERE pos.group_name = of_group AND (pos.member = of_member OR pos.member IS NULL OR pos.lease_expires_at < moment)
  ), taken AS (
    UPDATE event_log.positions pos SET member = of_member, epoch = pos.epoch + 1, lease_expires_at = moment + lease
    FROM candidate WHERE pos.group_name = of_group AND pos.partition_id = candidate.id AND NOT is_held AND nth <= fair
    RETURNING pos.partition_id, pos.epoch, pos.committed
  ), held AS (
    SELECT partition_id, epoch, committed, false AS give_back FROM taken
    UNION ALL
    SELECT pos.partition_id, pos.epoch, pos.committed, nth > fair
    FROM candidate JOIN event_log.positions pos ON pos.group_name = of_group AND pos.partition_id = candidate.id
    WHERE is_held
  )
  SELECT p.id, p.topic, p.partition, held.epoch, held.committed, held.give_back
  FROM held JOIN event_log.partitions p ON p.id = held.partition_id;
END $$;

-- Removes what is older than its topic keeps, at most so many records of each partition; returns how many. Offsets and
-- times rise together in a partition, so the first record that stays is found without looking at any behind it.
CREATE OR REPLACE FUNCTION event_log.expire(most integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  expiring record;
  kept bigint;
  removed bigint;
  total bigint := 0;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('event_log:expire', 0)) THEN RETURN 0; END IF;
  FOR expiring IN
    SELECT p.id, p.earliest_offset, p.next_offset, now() - make_interval(days => t.retention_days) AS horizon
    FROM event_log.partitions p JOIN event_log.topics t ON t.name = p.topic ORDER BY p.id
  LOOP
    SELECT "offset" INTO kept FROM event_log.records
      WHERE partition_id = expiring.id AND appended_at >= expiring.horizon ORDER BY "offset" LIMIT 1;
    kept := least(coalesce(kept, expiring.next_offset), expiring.earliest_offset + most);
    CONTINUE WHEN kept <= expiring.earliest_offset;
    DELETE FROM event_log.records WHERE partition_id = expiring.id AND "offset" < kept;
    GET DIAGNOSTICS removed = ROW_COUNT;
    UPDATE event_log.partitions SET earliest_offset = kept WHERE id = expiring.id;
    total := total + removed;
  END LOOP;
  RETURN total;
END $$;
`;
