import { setTimeout as wait } from 'node:timers/promises';
import { createBackOff } from '../back-off.ts';
import { commitSoon } from '../storage/commit-soon.ts';
import type { Database } from '../storage/database.ts';
import { isUnavailable } from '../storage/database-failure.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { recordSpanOf, SpanKind } from '../telemetry/tracing.ts';
import type { Clock } from '../values/clock.ts';
import { createWakeUp } from '../wake-up.ts';
import { type EventLog, type NewRecord, RecordRefused, UnknownTopic } from './event-log.ts';
import { pruneOutbox } from './outbox.ts';
import { registerOutboxMetrics } from './outbox-metrics.ts';
import { createRelayLease } from './relay-lease.ts';

export type RelayOptions = {
  readonly database: Database;
  readonly log: Pick<EventLog, 'append'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics?: Metrics | undefined;
  /** Service name; with the process id it is the holder that the table `relay_lease` shows. */
  readonly owner: string;
  /** Milliseconds after which a silent holder loses the outbox; default 5,000. */
  readonly leaseMs?: number;
};

export type Relay = { start(): Promise<void>; stop(): Promise<void> };

type Row = { id: string; topic: string; key: string; type: string; value: string; traceparent: string | null };

const batchSize = 500;
/**
 * A busy relay looks again this soon without being told; then nobody has to NOTIFY, which would serialize commits. What comes in
 * meanwhile is published together: nobody who waits for an answer waits for an event.
 */
const busyPauseMs = 200;
/** Empty looks until it goes to sleep and asks to be woken. */
const looksBeforeSleep = 3;
/** Floor for a wake-up that was missed. */
const sleepMs = 1_000;
/** An aggregate whose head cannot be appended is tried again after this long. */
const blockedForMs = 10_000;
const pruneEveryMs = 600_000;

/**
 * $1 aggregates that wait, $2 ids that the log has by now, $3 epoch: marks the one batch and reads the next in one transaction. The
 * rows that it marks are still unmarked to its own reading. What a crash unmarks is published again. Only whoever still holds the lease may say that something is published.
 */
const turnStatement = `
  WITH marked AS (
    UPDATE outbox SET published_at = now()
    WHERE id = ANY ($2::text[]) AND published_at IS NULL
      AND EXISTS (SELECT FROM relay_lease WHERE name = 'outbox' AND epoch = $3 AND holder IS NOT NULL) AND ${commitSoon}
  )
  SELECT id, aggregatetype AS topic, aggregateid AS key, type, payload::text AS value, payload->>'traceparent' AS traceparent
  FROM outbox
  WHERE published_at IS NULL AND NOT (id = ANY ($2::text[])) AND NOT (aggregatetype || '/' || aggregateid = ANY ($1::text[]))
  ORDER BY position LIMIT $4`;

const recordOf = ({ id, key, type, value, traceparent }: Row): NewRecord => ({
  key,
  value,
  headers: { id, type, ...(traceparent && { traceparent }) },
});

const sending = (topic: string) => ({
  kind: SpanKind.PRODUCER,
  attributes: { 'messaging.destination.name': topic, 'messaging.operation.type': 'send' },
});

const aggregateOf = ({ topic, key }: Row) => `${topic}/${key}`;

/** Whether the log is fine and refuses exactly these records. */
const isRefused = (error: unknown) => error instanceof RecordRefused || error instanceof UnknownTopic;

/**
 * Publishes the outbox to the log: one process at a time by a lease, in order per aggregate, at least once. A row is marked
 * only after the log has it, with the next look, so a crash between the two publishes it again; consumers drop what their inbox
 * knows. An
 * aggregate whose next event the log refuses waits alone, is logged, and shows in `outbox_blocked_aggregates`.
 */
export const createRelay = (options: RelayOptions): Relay => {
  const { database, log, clock, logger, metrics, owner, leaseMs = 5_000 } = options;
  const lease = createRelayLease({ database, holder: `${owner}:${process.pid}`, leaseMs });
  const blocked = new Map<string, number>();
  const wakeUp = createWakeUp();
  const stopping = new AbortController();
  let running: Promise<void> | undefined;
  let stopListening: (() => Promise<void>) | undefined;
  let prunedAt = Number.NEGATIVE_INFINITY;
  if (metrics) registerOutboxMetrics({ database, metrics, logger, blocked: () => blocked.size });

  const append = async (topic: string, rows: readonly Row[]): Promise<string[]> => {
    const startTime = Date.now();
    try {
      await log.append(topic, rows.map(recordOf));
      for (const { type, traceparent } of rows)
        recordSpanOf(traceparent, `send ${type}`, { ...sending(topic), startTime });
      return rows.map(({ id }) => id);
    } catch (error) {
      if (!isRefused(error)) throw error;
      if (rows.length > 1) return appendEach(topic, rows);
      const [row] = rows as [Row];
      blocked.set(aggregateOf(row), clock.now().getTime() + blockedForMs);
      logger.error(
        { error, topic, key: row.key, eventId: row.id },
        'an event is refused by the log; its aggregate waits',
      );
      return [];
    }
  };

  /** Finds out which aggregate the log refuses; the others go on. */
  const appendEach = async (topic: string, rows: readonly Row[]): Promise<string[]> => {
    const ids: string[] = [];
    for (const row of rows) if (!blocked.has(aggregateOf(row))) ids.push(...(await append(topic, [row])));
    return ids;
  };

  /** Ids that the log has and that are not marked yet: also of an earlier holding of the lease, for the log keeps what it has. */
  let appended: string[] = [];

  /** Marks what the log has and reads at most `most` rows that come next. */
  const turn = async (epoch: number, most: number): Promise<Row[]> => {
    const marking = appended;
    const { rows } = await database.query<Row>(turnStatement, [[...blocked.keys()], marking, epoch, most], {
      name: 'outbox-turn',
    });
    appended = appended.slice(marking.length);
    return rows;
  };

  /** Publishes one batch; returns how many rows it saw. */
  const publish = async (epoch: number): Promise<number> => {
    const now = clock.now().getTime();
    for (const [aggregate, until] of blocked) if (until <= now) blocked.delete(aggregate);
    const rows = await turn(epoch, batchSize);
    for (const [topic, ofTopic] of Map.groupBy(rows, (row) => row.topic)) {
      // Frozen since the rows were read? Then another one publishes by now.
      if (!lease.isHeld()) return 0;
      appended.push(...(await append(topic, ofTopic)));
    }
    return rows.length;
  };

  const prune = async () => {
    if (performance.now() - prunedAt < pruneEveryMs) return;
    prunedAt = performance.now();
    // One part at a time, so that publishing goes on between them.
    if (await pruneOutbox(database)) prunedAt = Number.NEGATIVE_INFINITY;
  };

  /** Publishes until the lease is lost or the relay stops. */
  const hold = async (epoch: number) => {
    let emptyLooks = 0;
    const isAsleep = () => emptyLooks >= looksBeforeSleep;
    while (!stopping.signal.aborted && (await lease.renew(isAsleep()))) {
      // It looks once more after it said that it sleeps: what was committed before that woke nobody.
      const seen = await publish(epoch);
      emptyLooks = seen === 0 ? emptyLooks + 1 : 0;
      await prune();
      if (seen === batchSize) continue;
      if (emptyLooks <= looksBeforeSleep)
        await wait(busyPauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      else if (await wakeUp.wait(sleepMs, stopping.signal)) emptyLooks = 0;
    }
  };

  const run = async () => {
    const backOff = createBackOff();
    while (!stopping.signal.aborted) {
      try {
        const epoch = await lease.acquire();
        backOff.reset();
        if (epoch === undefined) await wait(sleepMs, undefined, { signal: stopping.signal }).catch(() => undefined);
        else await hold(epoch);
      } catch (error) {
        if (stopping.signal.aborted) break;
        if (backOff.failures === 0)
          logger.warn(
            { error },
            isUnavailable(error) ? 'events wait in the outbox; trying again' : 'the relay failed; trying again',
          );
        await backOff.pause(stopping.signal);
      }
    }
    await lease.release().catch((error: unknown) => logger.warn({ error }, 'the relay lease runs out by itself'));
  };

  return {
    start: async () => {
      stopListening = await database.listen('outbox', () => wakeUp.wake());
      running = run();
    },
    stop: async () => {
      stopping.abort();
      await stopListening?.();
      await running;
    },
  };
};
