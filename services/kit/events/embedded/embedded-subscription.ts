import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { createBackOff } from '../../back-off.ts';
import { commitSoon } from '../../storage/commit-soon.ts';
import type { Database } from '../../storage/database.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { createWakeUp } from '../../wake-up.ts';
import type { LogRecord, SubscribeOptions, Subscription, TopicPartition } from '../event-log.ts';

type Held = TopicPartition & {
  readonly id: number;
  readonly epoch: number;
  /** Next offset to fetch. */
  next: number;
  giveBack: boolean;
};

type HeartbeatRow = {
  partition_id: number;
  topic: string;
  partition: number;
  epoch: string;
  committed: string;
  give_back: boolean;
};

type Fetched = LogRecord & { readonly id: number };
type Committed = { readonly id: number; readonly topic: null };

export type EmbeddedSubscriptionOptions = SubscribeOptions & {
  readonly database: Database;
  readonly logger: Logger;
  readonly leaseMs: number;
  /** Resolves once the tables are there. */
  readonly ready: () => Promise<void>;
};

/**
 * Two fetches are this far apart, so that small appends that follow one another cost one fetch, one commit and, in effect, one
 * transaction together. What comes after a rest is fetched at once.
 */
const defaultApartMs = 200;
/** Notifications wake the fetch; this is the floor if one is missed. */
const pollEveryMs = 2_000;
const longestPauseMs = 2_000;

/**
 * $1 group, $2 member, $3 to $5 partitions that were handled, their epochs and next offsets, $6 and $7 partitions that are wanted
 * from which offset, $8 most records of each: commits and fetches in one transaction. The epoch in the condition is the fence:
 * whoever lost a partition commits nothing. What a crash uncommits is handed out again. A row without a topic names a partition whose commit was taken.
 */
const turnStatement = `
  WITH committed AS (
    UPDATE event_log.positions pos SET committed = done.next
    FROM unnest($3::int[], $4::bigint[], $5::bigint[]) AS done (id, epoch, next)
    WHERE pos.group_name = $1 AND pos.member = $2 AND pos.partition_id = done.id AND pos.epoch = done.epoch AND ${commitSoon}
    RETURNING pos.partition_id AS id
  ), fetched AS (
    SELECT o.id, p.topic, p.partition, r."offset"::float8 AS "offset", r.key, r.value, r.headers, r.appended_at AS timestamp
    FROM unnest($6::int[], $7::bigint[]) AS o (id, wanted)
    JOIN event_log.partitions p ON p.id = o.id AND p.next_offset > o.wanted
    CROSS JOIN LATERAL (
      SELECT * FROM event_log.records WHERE partition_id = o.id AND "offset" >= o.wanted ORDER BY "offset" LIMIT $8
    ) AS r
  )
  SELECT id, NULL AS topic, NULL AS partition, NULL AS "offset", NULL AS key, NULL AS value, NULL AS headers, NULL AS timestamp
  FROM committed
  UNION ALL SELECT * FROM fetched ORDER BY id, "offset"`;

const placeOf = ({ topic, partition }: TopicPartition) => `${topic}/${partition}`;

/** One member of a group: a heartbeat that keeps its partitions, and a loop that delivers one batch at a time. */
export const subscribeEmbedded = async (options: EmbeddedSubscriptionOptions): Promise<Subscription> => {
  const { database, logger, leaseMs, ready, group, topics, handle } = options;
  const { from = 'earliest', maxRecords = 500, apartMs = defaultApartMs } = options;
  const member = `${group}@${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
  const held = new Map<number, Held>();
  const closing = new AbortController();
  const wakeUp = createWakeUp();
  let leaseUntil = 0;
  let isFailing = false;

  const failed = (error: unknown, what: string) => {
    if (!isFailing) logger.warn({ error, group }, `${what}; trying again`);
    isFailing = true;
  };

  const heartbeat = async () => {
    // Measured before the question leaves: the lease at the server begins later and so outlives this view of it.
    const asked = performance.now();
    await ready();
    const { rows } = await database.query<HeartbeatRow>(
      'SELECT * FROM event_log.heartbeat($1, $2, $3, make_interval(secs => $4), $5)',
      [group, member, topics, leaseMs / 1_000, from === 'latest'],
      { name: 'event-log-heartbeat' },
    );
    if (closing.signal.aborted) return;
    leaseUntil = asked + leaseMs;
    const listed = new Set(rows.map(({ partition_id }) => partition_id));
    for (const id of held.keys()) if (!listed.has(id)) held.delete(id);
    for (const { partition_id: id, topic, partition, epoch, committed, give_back: giveBack } of rows) {
      const known = held.get(id);
      if (known?.epoch === Number(epoch)) known.giveBack = giveBack;
      else held.set(id, { id, topic, partition, epoch: Number(epoch), next: Number(committed), giveBack });
      if (giveBack || known?.epoch !== Number(epoch)) wakeUp.wake();
    }
  };

  const keepAlive = async () => {
    while (!closing.signal.aborted) {
      try {
        await heartbeat();
        isFailing = false;
      } catch (error) {
        failed(error, 'the log did not take the heartbeat');
      }
      await wait(leaseMs / 3, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  };

  const release = async (given: readonly Held[]) => {
    if (given.length === 0) return;
    for (const { id } of given) held.delete(id);
    await database.query(
      'UPDATE event_log.positions SET member = NULL WHERE group_name = $1 AND member = $2 AND partition_id = ANY ($3::int[])',
      [group, member, given.map(({ id }) => id)],
    );
  };

  /** Handled and not committed yet: the next turn tells. */
  let handled: readonly Held[] = [];

  /** Commits what was handled, and fetches what comes next of the wanted partitions. */
  const turn = async (wanted: readonly Held[]): Promise<Fetched[]> => {
    const done = handled;
    if (done.length === 0 && wanted.length === 0) return [];
    const { rows } = await database.query<Fetched | Committed>(
      turnStatement,
      [
        ...[group, member],
        ...[done.map(({ id }) => id), done.map(({ epoch }) => epoch), done.map(({ next }) => next)],
        ...[wanted.map(({ id }) => id), wanted.map(({ next }) => next)],
        Math.max(10, Math.ceil(maxRecords / Math.max(1, wanted.length))),
      ],
      { name: 'event-log-turn' },
    );
    handled = [];
    const kept = new Set(rows.filter(({ topic }) => topic === null).map(({ id }) => id));
    for (const partition of done)
      if (!kept.has(partition.id) && held.get(partition.id) === partition) held.delete(partition.id);
    // One that was lost and came back meanwhile begins where its group is: what was fetched for the earlier holding would skip.
    const asWanted = new Map(wanted.map((partition) => [partition.id, partition]));
    return rows.filter(
      (row): row is Fetched =>
        row.topic !== null && asWanted.get(row.id) !== undefined && asWanted.get(row.id) === held.get(row.id),
    );
  };

  /** Hands records over; what was handled of partitions that are still held counts as theirs from then on. */
  const deliver = async (rows: readonly Fetched[]) => {
    const taken = new Map<string, Held>();
    for (const { id } of rows) {
      const partition = held.get(id);
      if (partition) taken.set(placeOf(partition), partition);
    }
    const disowned = new Set<string>();
    const owns = (record: TopicPartition) => {
      const place = placeOf(record);
      const partition = taken.get(place);
      const isHeld = partition !== undefined && held.get(partition.id) === partition && performance.now() < leaseUntil;
      // For good: a later record of the partition must not be handled, and none committed, after one was dropped.
      if (!isHeld) disowned.add(place);
      return isHeld && !disowned.has(place);
    };
    const records = rows.filter((row) => taken.has(placeOf(row))).map(({ id: _id, ...record }) => record);
    if (records.length === 0) return;
    await handle(records, { owns, signal: closing.signal });

    const ends = new Map(records.map((record) => [placeOf(record), record.offset + 1]));
    const done = [...taken].filter(([place]) => !disowned.has(place)).map(([, partition]) => partition);
    for (const partition of done) partition.next = ends.get(placeOf(partition)) as number;
    handled = done;
  };

  const deliverAll = async () => {
    const backOff = createBackOff({ longestMs: longestPauseMs });
    while (!closing.signal.aborted) {
      const startedAt = performance.now();
      try {
        const rows = await turn([...held.values()].filter(({ giveBack }) => !giveBack));
        await release([...held.values()].filter(({ giveBack }) => giveBack));
        if (rows.length > 0) await deliver(rows);
        else await wakeUp.wait(pollEveryMs, closing.signal);
        backOff.reset();
        const restMs = Math.max(0, apartMs - (performance.now() - startedAt));
        await wait(restMs, undefined, { signal: closing.signal }).catch(() => undefined);
      } catch (error) {
        if (closing.signal.aborted) break;
        failed(error, 'a delivery was not handled');
        await backOff.pause(closing.signal);
      }
    }
  };

  const stopListening = await database.listen('event_log', (topic) => {
    if (topic === '' || topics.includes(topic)) wakeUp.wake();
  });
  const heart = keepAlive();
  const delivery = deliverAll();

  return {
    member,
    assignments: () => [...held.values()].map(({ topic, partition }) => ({ topic, partition })),
    close: async () => {
      if (closing.signal.aborted) return;
      closing.abort();
      wakeUp.wake();
      await stopListening();
      await Promise.all([heart, delivery]);
      try {
        await turn([]);
        await release([...held.values()]);
        await database.query('DELETE FROM event_log.members WHERE group_name = $1 AND member = $2', [group, member]);
      } catch (error) {
        logger.warn({ error, group }, 'the log could not be told that a member leaves; its lease runs out by itself');
      }
    },
  };
};
