/** An outbox, a log and whoever publishes and consumes, on real databases, for stories of events alone. */
import type { CloudEvent } from '../../../services/kit/events/cloud-event.ts';
import { type ConsumerOptions, createConsumer } from '../../../services/kit/events/consumer.ts';
import { createEmbeddedLog } from '../../../services/kit/events/embedded/embedded-log.ts';
import type { EventHandler } from '../../../services/kit/events/event-handling.ts';
import { addToOutbox } from '../../../services/kit/events/outbox.ts';
import { createRelay, type RelayOptions } from '../../../services/kit/events/relay.ts';
import type { Database } from '../../../services/kit/storage/database.ts';
import { systemClock } from '../../../services/kit/system-clock.ts';
import { eventually } from '../../../services/kit/testing/condition.ts';
import { emptyDatabase, testDatabase } from '../../../services/kit/testing/postgres.ts';
import type { Facts } from '../../laws/facts.ts';
import type { Finding } from '../invariants.ts';
import { factsOf, migrationsOf, readerOf, silent } from './judge-story.ts';

export const TOPIC = 'order-events';
const CONSUMER = 'taker';

/** A process that can be ended as kill -9 does: from then on it reaches no database. */
export const createMortal = () => {
  let isDead = false;
  const living = <T>(work: () => Promise<T>): Promise<T> =>
    isDead ? Promise.reject(new Error('this process is dead')) : work();
  return {
    die: () => {
      isDead = true;
    },
    using: (database: Database): Database => ({
      ...database,
      query: (...parameters: Parameters<Database['query']>) => living(() => database.query(...parameters)) as never,
      transaction: (work, options) => living(() => database.transaction(work, options)),
    }),
  };
};

export const openEventRoom = async () => {
  const [store, logStore] = await Promise.all([testDatabase(migrationsOf('order')), emptyDatabase()]);
  const logOver = (database: Database, leaseMs?: number) =>
    createEmbeddedLog({ database, logger: silent, ...(leaseMs !== undefined && { leaseMs }) });
  const log = logOver(logStore.database);
  await log.createTopics({ [TOPIC]: { partitions: 3, retentionDays: 14 } });
  await store.database.query('CREATE TABLE effects (event_id text NOT NULL)');
  const endings: (() => Promise<unknown>)[] = [];
  const read = readerOf(store);

  return {
    store,
    log,
    logStore,
    logOver,
    /** Writes events as a service does, in one transaction. */
    publish: (events: readonly CloudEvent[]) => store.database.transaction((tx) => addToOutbox(tx, TOPIC, events)),
    /** Whether the outbox says that an event is published. */
    isMarked: async (id: string) =>
      (await read('SELECT FROM outbox WHERE id = $1 AND published_at IS NOT NULL', [id])).length > 0,
    startRelay: async (options: Partial<RelayOptions> = {}) => {
      const parts = { database: store.database, log, clock: systemClock, logger: silent, owner: 'order' };
      const relay = createRelay({ ...parts, ...options });
      await relay.start();
      endings.push(() => relay.stop());
    },
    /** Takes an event's effect as every handler does: in the transaction that it is given. */
    takeEffect: (async ({ id }, tx) => {
      await tx.query('INSERT INTO effects (event_id) VALUES ($1)', [id]);
    }) as EventHandler,
    startConsumer: async (handle: EventHandler, options: Partial<ConsumerOptions> = {}) => {
      const consumer = createConsumer({
        ...{ service: CONSUMER, database: store.database, log, handlers: { [TOPIC]: handle }, logger: silent },
        parse: (value) => JSON.parse(value) as CloudEvent,
        clock: systemClock,
        ...options,
      });
      await consumer.start();
      endings.push(() => consumer.stop());
    },
    /** Waits until everything that is in the log was gone through. */
    caughtUp: () =>
      eventually(async () => {
        const lags = await log.lag(CONSUMER);
        if (lags.length === 0 || lags.some(({ records }) => records > 0)) throw new Error('the consumer is behind');
      }),
    /** @param isConsumed whether somebody takes the events */
    facts: (isConsumed: boolean) => (): Facts =>
      factsOf({
        log,
        publishers: [{ service: 'order', publishes: { [TOPIC]: { partitions: 3, retentionDays: 14 } }, read }],
        consumers: isConsumed ? [{ service: CONSUMER, consumes: { [TOPIC]: 'all' }, read }] : [],
      }),
    /** Events whose effect is there not at all or twice. */
    effects: async (): Promise<Finding> => {
      const rows = await read<{ id: string; count: string }>(
        'SELECT o.id, count(e.event_id) AS count FROM outbox o LEFT JOIN effects e ON e.event_id = o.id GROUP BY o.id',
      );
      const wrong = rows.filter(({ count }) => count !== '1');
      const violations = wrong.map(({ id, count }) => ({ subject: id, detail: `took effect ${count} times` }));
      return { letter: 'E', checked: rows.length, violations };
    },
    close: async () => {
      for (const end of endings.toReversed()) await end();
      await log.close();
      await Promise.all([store.drop(), logStore.drop()]);
    },
  };
};

export type EventRoom = Awaited<ReturnType<typeof openEventRoom>>;
