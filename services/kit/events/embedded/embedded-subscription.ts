import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { createBackOff } from '../../back-off.ts';
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

export type EmbeddedSubscriptionOptions = SubscribeOptions & {
  readonly database: Database;
  readonly logger: Logger;
  readonly leaseMs: number;
  /** Resolves once the tables are there. */
  readonly ready: () => Promise<void>;
};

/** Two fetches are this far apart, so that a burst of small appends costs one fetch and not one each. */
const fetchApartMs = 15;
/** Notifications wake the fetch; this is the floor if one is missed. */
const pollEveryMs = 2_000;
const longestPauseMs = 2_000;

const fetchStatement = `
  SELECT o.id, p.topic, p.partition, r."offset"::float8 AS "offset", r.key, r.value, r.headers, r.appended_at AS timestamp
  FROM unnest($1::int[], $2::bigint[]) AS o (id, wanted)
  JOIN event_log.partitions p ON p.id = o.id AND p.next_offset > o.wanted
  CROSS JOIN LATERAL (
    SELECT * FROM event_log.records WHERE partition_id = o.id AND "offset" >= o.wanted ORDER BY "offset" LIMIT $3
  ) AS r ORDER BY o.id, r."offset"`;

/** The epoch in the condition is the fence: whoever lost a partition commits nothing. */
const commitStatement = `
  UPDATE event_log.positions pos SET committed = done.next
  FROM unnest($3::int[], $4::bigint[], $5::bigint[]) AS done (id, epoch, next)
  WHERE pos.group_name = $1 AND pos.member = $2 AND pos.partition_id = done.id AND pos.epoch = done.epoch
  RETURNING pos.partition_id AS id`;

const placeOf = ({ topic, partition }: TopicPartition) => `${topic}/${partition}`;

/** One member of a group: a heartbeat that keeps its partitions, and a loop that delivers one batch at a time. */
export const subscribeEmbedded = async (options: EmbeddedSubscriptionOptions): Promise<Subscription> => {
  const { database, logger, leaseMs, ready, group, topics, handle, from = 'earliest', maxRecords = 500 } = options;
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

  const fetch = async (): Promise<(LogRecord & { id: number })[]> => {
    const wanted = [...held.values()];
    if (wanted.length === 0) return [];
    const { rows } = await database.query<LogRecord & { id: number }>(
      fetchStatement,
      [wanted.map(({ id }) => id), wanted.map(({ next }) => next), Math.max(10, Math.ceil(maxRecords / wanted.length))],
      { name: 'event-log-fetch' },
    );
    return rows;
  };

  /** Hands records over and commits what was handled of partitions that are still held. */
  const deliver = async (rows: readonly (LogRecord & { id: number })[]) => {
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
    const nextOf = (partition: Held) => ends.get(placeOf(partition)) as number;
    const { rows: committed } = await database.query<{ id: number }>(
      commitStatement,
      [group, member, done.map(({ id }) => id), done.map(({ epoch }) => epoch), done.map(nextOf)],
      { name: 'event-log-commit' },
    );
    const kept = new Set(committed.map(({ id }) => id));
    for (const partition of done) {
      if (kept.has(partition.id)) partition.next = nextOf(partition);
      else if (held.get(partition.id) === partition) held.delete(partition.id);
    }
  };

  const deliverAll = async () => {
    const backOff = createBackOff({ longestMs: longestPauseMs });
    while (!closing.signal.aborted) {
      const startedAt = performance.now();
      try {
        await release([...held.values()].filter(({ giveBack }) => giveBack));
        const rows = await fetch();
        if (rows.length > 0) await deliver(rows);
        else await wakeUp.wait(pollEveryMs, closing.signal);
        backOff.reset();
        await wait(Math.max(0, fetchApartMs - (performance.now() - startedAt)));
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
        await release([...held.values()]);
        await database.query('DELETE FROM event_log.members WHERE group_name = $1 AND member = $2', [group, member]);
      } catch (error) {
        logger.warn({ error, group }, 'the log could not be told that a member leaves; its lease runs out by itself');
      }
    },
  };
};
