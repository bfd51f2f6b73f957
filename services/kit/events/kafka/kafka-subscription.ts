import { setTimeout as wait } from 'node:timers/promises';
import { createBackOff } from '../../back-off.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { createWakeUp } from '../../wake-up.ts';
import type { LogRecord, SubscribeOptions, Subscription, TopicPartition } from '../event-log.ts';
import { type KafkaCluster, retryPassing } from './kafka-cluster.ts';
import type { KafkaConnections } from './kafka-connections.ts';
import { type Fetched, fetchRecords } from './kafka-fetch.ts';
import { createGroupMembership, type Generation, sessionMs, startsOf } from './kafka-group.ts';
import { byLeader, endsOf, placeOf } from './kafka-offsets.ts';

type Held = TopicPartition & {
  /** Next offset to fetch. */
  offset: number;
};

type Answer = { readonly leader: number; readonly fetched: readonly Fetched[] };

/** What this member has between two rebalances, and what is on its way from the brokers. */
type Turn = {
  readonly generation: Generation;
  readonly held: Map<string, Held>;
  /** One request for each broker, with what is held of it. */
  readonly fetching: Map<number, Promise<Answer | { readonly leader: number; readonly error: unknown }>>;
  leaseUntil: number;
  /** When the group began to share out anew. */
  endingSince?: number;
};

export type KafkaSubscriptionOptions = SubscribeOptions & {
  readonly cluster: KafkaCluster;
  readonly logger: Logger;
  /** Names the process to operators. */
  readonly member: string;
  /** Makes connections of this member alone: a fetch waits at the broker for records, a join for other members. */
  readonly connect: () => KafkaConnections;
};

const heartbeatMs = 1_000;
/** A rebalance waits this long for a delivery in hand; then its handler is told that it owns nothing any more. */
const finishMs = 3_000;
/** How long a broker keeps a request while there is nothing new; also how late a member notices a rebalance at rest. */
const fetchWaitMs = 500;
const longestPauseMs = 2_000;
const patienceMs = 5_000;
/** How often the leader of a group looks whether topics were created or have grown. */
const lookEveryMs = 3_000;

/** One member of a group: heartbeats that keep its partitions, and a loop that delivers one batch at a time. */
export const subscribeKafka = (options: KafkaSubscriptionOptions): Subscription => {
  const { cluster, logger, member, connect, group, topics, handle, from = 'earliest', maxRecords = 500 } = options;
  const groupConnections = connect();
  const fetchConnections = connect();
  const membership = createGroupMembership({ cluster, connections: groupConnections, group, topics });
  const closing = new AbortController();
  const stopped = new AbortController();
  const wakeUp = createWakeUp();
  let turn: Turn | undefined;
  let isFailing = false;

  const failed = (error: unknown, what: string) => {
    if (!isFailing) logger.warn({ error, group }, `${what}; trying again`);
    isFailing = true;
  };

  const end = (ending: Turn, isLost: boolean) => {
    if (isLost) ending.leaseUntil = Number.NEGATIVE_INFINITY;
    ending.endingSince ??= performance.now();
    wakeUp.wake();
  };

  const look = async (at: Turn) => {
    const { dealt } = at.generation;
    if (!dealt) return;
    const described = await cluster.describe([...dealt.keys()]);
    for (const [topic, count] of dealt) if ((described.get(topic)?.length ?? 0) !== count) return end(at, false);
  };

  const keepAlive = async () => {
    for (let lookedAt = performance.now(); !stopped.signal.aborted; ) {
      const kept = turn;
      try {
        if (kept) {
          // Measured before the question leaves: the session at the broker begins later and so outlives this view of it.
          const asked = performance.now();
          const state = await membership.heartbeat(kept.generation);
          if (state !== 'fine') end(kept, state === 'lost');
          if (state !== 'lost') kept.leaseUntil = asked + sessionMs;
          if (asked - lookedAt > lookEveryMs) {
            lookedAt = asked;
            await look(kept);
          }
        }
      } catch (error) {
        failed(error, 'the log did not take the heartbeat');
      }
      await wait(heartbeatMs, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  };

  const begin = async (): Promise<Turn> => {
    const generation = await membership.join();
    const begun: Turn = { generation, held: new Map(), fetching: new Map(), leaseUntil: generation.since + sessionMs };
    turn = begun;
    try {
      const held = await retryPassing(cluster, patienceMs, () =>
        startsOf(cluster, membership, generation, { group, from, connections: groupConnections }),
      );
      for (const place of held) begun.held.set(placeOf(place), { ...place });
      return begun;
    } catch (error) {
      end(begun, false);
      throw error;
    }
  };

  /** Asks every broker that has something for us, and waits for the first of them. */
  const fetchNext = async (at: Turn): Promise<Answer | undefined> => {
    for (const [leader, wanted] of await byLeader(cluster, [...at.held.values()])) {
      if (at.fetching.has(leader)) continue;
      const via = { connections: fetchConnections, waitMs: fetchWaitMs };
      const fetching = fetchRecords(cluster, leader, wanted, via).then(
        (fetched) => ({ leader, fetched }),
        (error: unknown) => ({ leader, error }),
      );
      at.fetching.set(leader, fetching);
    }
    if (at.fetching.size === 0) {
      await wakeUp.wait(fetchWaitMs, closing.signal);
      return undefined;
    }
    const first = await Promise.race(at.fetching.values());
    at.fetching.delete(first.leader);
    if ('error' in first) throw first.error;
    return first;
  };

  /** Hands records over and commits what was handled of partitions that are still held. */
  const deliver = async (at: Turn, records: readonly LogRecord[]) => {
    const disowned = new Set<string>();
    const owns = (record: TopicPartition) => {
      const place = placeOf(record);
      const now = performance.now();
      const hasTime = at.endingSince === undefined || now < at.endingSince + finishMs;
      // For good: a later record of the partition must not be handled, and none committed, after one was dropped.
      if (turn !== at || !at.held.has(place) || now >= at.leaseUntil || !hasTime) disowned.add(place);
      return !disowned.has(place);
    };
    await handle(records, { owns, signal: closing.signal });
    const ends = new Map(records.map((record) => [placeOf(record), record]));
    const done = [...ends.values()]
      .filter((record) => !disowned.has(placeOf(record)))
      .map(({ topic, partition, offset }) => ({ topic, partition, offset: offset + 1 }));
    if (disowned.size > 0) end(at, false);
    if (done.length === 0) return;
    const isCommitted = await retryPassing(cluster, patienceMs, () => membership.commit(at.generation, done));
    if (!isCommitted) return end(at, true);
    for (const { offset, ...place } of done) {
      const held = at.held.get(placeOf(place));
      if (held) held.offset = offset;
    }
  };

  /** Takes up a partition whose wanted offset is not there: removed by retention, or lost with a broker. */
  const startOver = async (at: Turn, place: TopicPartition) => {
    const offset = (await endsOf(cluster, [place], 'earliest')).get(placeOf(place)) ?? 0;
    const held = at.held.get(placeOf(place));
    logger.warn(
      { group, ...place, wanted: held?.offset, offset },
      'records that the group wanted are gone; it goes on with the oldest',
    );
    if (held) held.offset = offset;
  };

  const takeIn = async (at: Turn, fetched: readonly Fetched[]) => {
    for (const { error, ...place } of fetched) {
      if (error === 'NONE') continue;
      if (error === 'OFFSET_OUT_OF_RANGE') await startOver(at, place);
      else {
        cluster.forget();
        await wait(100);
      }
    }
    // A partition that moves is for a moment asked for at both brokers.
    const records = fetched.flatMap((each) =>
      each.records.filter(({ offset }) => offset >= (at.held.get(placeOf(each))?.offset ?? Number.POSITIVE_INFINITY)),
    );
    for (let start = 0; start < records.length && at.endingSince === undefined; start += maxRecords) {
      closing.signal.throwIfAborted();
      await deliver(at, records.slice(start, start + maxRecords));
    }
    for (const { next, records: ofPlace, ...place } of fetched) {
      const held = at.held.get(placeOf(place));
      if (!held) continue;
      // Behind markers that are no records.
      if (ofPlace.length === 0) held.offset = Math.max(held.offset, next);
      // A broker fills its answer from the front: whoever gave something is asked last the next time.
      else if (at.held.delete(placeOf(place))) at.held.set(placeOf(place), held);
    }
  };

  const deliverAll = async () => {
    const backOff = createBackOff({ longestMs: longestPauseMs });
    while (!closing.signal.aborted) {
      try {
        if (turn?.endingSince !== undefined) turn = undefined;
        const at = turn ?? (await begin());
        const next = await fetchNext(at);
        if (next && turn === at && at.endingSince === undefined) await takeIn(at, next.fetched);
        backOff.reset();
        isFailing = false;
      } catch (error) {
        if (closing.signal.aborted) break;
        failed(error, 'a delivery was not handled');
        cluster.forget();
        await backOff.pause(closing.signal);
      }
    }
  };

  const heart = keepAlive();
  const delivery = deliverAll();
  const isAborted = new Promise<void>((resolve) =>
    closing.signal.addEventListener('abort', () => resolve(), { once: true }),
  );

  return {
    member,
    assignments: () =>
      turn?.endingSince === undefined
        ? [...(turn?.held.values() ?? [])].map(({ topic, partition }) => ({ topic, partition }))
        : [],
    close: async () => {
      if (closing.signal.aborted) return;
      closing.abort();
      wakeUp.wake();
      // A join that waits at the broker is not waited for: leaving ends it.
      await (turn ? delivery : isAborted);
      try {
        await membership.leave();
      } catch (error) {
        logger.warn({ error, group }, 'the log could not be told that a member leaves; its session runs out by itself');
      }
      turn = undefined;
      stopped.abort();
      await Promise.all([groupConnections.close(), fetchConnections.close()]);
      await Promise.all([heart, delivery]);
    },
  };
};
