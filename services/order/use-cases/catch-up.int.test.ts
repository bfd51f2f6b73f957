import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { orderEventSchema } from '../../contracts/events/order-events.ts';
import { createEmbeddedLog } from '../../kit/events/embedded/embedded-log.ts';
import type { EventLog } from '../../kit/events/event-log.ts';
import { systemClock } from '../../kit/system-clock.ts';
import { systemIds } from '../../kit/system-ids.ts';
import { createLogger } from '../../kit/telemetry/logger.ts';
import { emptyDatabase, type TestDatabase } from '../../kit/testing/postgres.ts';
import { evolve, type Order } from '../domain/order.ts';
import { createIdempotencyKeys } from '../storage/idempotency-keys.ts';
import { createToldOrders } from '../storage/told-orders.ts';
import { aPlacedEvent } from '../testing/order-fixtures.ts';
import { type OrderStore, openOrderStore } from '../testing/order-store.ts';
import { catchUp } from './catch-up.ts';

const logger = createLogger('order', 'silent');
const topic = 'order-events';
const at = '2026-03-01T10:00:01.000Z';
const owner = 'usr_00000000000000000000000001';

// The second is the first as it was when it was restored.
let lost: OrderStore;
let restored: OrderStore;
let logStore: TestDatabase;
let log: EventLog;
beforeEach(async () => {
  [lost, restored, logStore] = await Promise.all([openOrderStore(), openOrderStore(), emptyDatabase()]);
  log = createEmbeddedLog({ database: logStore.database, logger });
});
afterEach(async () => {
  await log.close();
  await Promise.all([lost.stop(), restored.stop(), logStore.drop()]);
});

const keysOf = ({ database }: OrderStore) => createIdempotencyKeys({ sql: database, clock: systemClock });
const keyedFor = (orderId: string) => ({ key: `key-of-${orderId}`, fingerprint: 'print', owner, sessionId: null });

const place = async (shop: OrderStore, orderId = systemIds.next('ord')): Promise<Order> => {
  const event = aPlacedEvent({ orderId });
  const order = evolve(null, event);
  const keyed = keyedFor(orderId);
  await keysOf(shop).claim(keyed);
  await shop.orders.place(order, event, { ...keyed, attempt: 1, paymentToken: 'tok_visa', carts: [] });
  return order;
};
const pay = async ({ orders }: OrderStore, order: Order): Promise<Order | null> =>
  orders.append(order, [
    { type: 'order.stock-reserved.v1', at, reservedUntil: at },
    { type: 'order.paid.v1', at, paymentId: 'pay_00000000000000000000000001', captured: 3000 },
  ]);

/** What the relay does with everything that it has not published yet. */
const publish = async ({ database }: OrderStore) => {
  const { rows } = await database.query<{ id: string; key: string; type: string; value: string }>(
    `UPDATE outbox SET published_at = now() WHERE published_at IS NULL
     RETURNING id, aggregateid AS key, type, payload::text AS value, position`,
  );
  await log.append(
    topic,
    rows.map(({ id, type, key, value }) => ({ key, value, headers: { id, type } })),
  );
};

/** Both databases as of now: the second knows all that the first knows. */
const restorePoint = async () => {
  for (const table of ['orders', 'order_events', 'idempotency_keys', 'outbox']) {
    const { rows } = await lost.database.query<{ row: object }>(`SELECT to_jsonb(t) AS row FROM ${table} AS t`);
    await restored.database.query(
      `INSERT INTO ${table} OVERRIDING SYSTEM VALUE SELECT (jsonb_populate_record(NULL::${table}, row)).* FROM unnest($1::jsonb[]) AS given (row)`,
      [rows.map(({ row }) => JSON.stringify(row))],
    );
  }
};

const start = ({ database, orders }: OrderStore) =>
  catchUp({
    ...{ log, told: createToldOrders(database), orders, clock: systemClock, logger },
    parse: (value) => orderEventSchema.parse(JSON.parse(value)),
  });
const stateOf = async ({ database }: OrderStore) =>
  Promise.all(
    ['orders', 'order_events', 'outbox'].map(async (table) => {
      const { rows } = await database.query<{ row: Record<string, unknown> }>(
        `SELECT to_jsonb(t) - 'position' - 'published_at' - 'created_at' - 'payment_token' AS row FROM ${table} AS t ORDER BY to_jsonb(t)::text`,
      );
      return rows.map(({ row }) => row);
    }),
  );

test('a database that lost orders and events gets back all that was told of them, and nothing is told again', async () => {
  await log.createTopics({ [topic]: { partitions: 3, retentionDays: 1 } });
  const early = await place(lost);
  await publish(lost);
  await restorePoint();
  await pay(lost, early);
  const late = await place(lost);
  await pay(lost, late);
  await publish(lost);

  expect(await start(restored)).toEqual({ orders: 2, events: 5, refused: 0 });
  expect(await stateOf(restored)).toEqual(await stateOf(lost));
  expect((await restored.database.query('SELECT FROM outbox WHERE published_at IS NULL')).rowCount).toBe(0);
  expect(await start(restored)).toEqual({ orders: 0, events: 0, refused: 0 });
  expect(await keysOf(restored).claim(keyedFor(late.id))).toEqual({ outcome: 'done', orderId: late.id });
});

test('an order that nobody can charge any more is cancelled, one that was there before goes on', async () => {
  await log.createTopics({ [topic]: { partitions: 3, retentionDays: 1 } });
  const early = await place(lost);
  await publish(lost);
  await restorePoint();
  const late = await place(lost);
  await publish(lost);
  await start(restored);
  const found = await Promise.all([early, late].map(({ id }) => restored.orders.find(id)));
  expect(found.map((order) => [order?.status, order?.cancelReason])).toEqual([
    ['pending', null],
    ['cancelled', 'timed-out'],
  ]);
});

test('what does not follow from the database is left alone and said', async () => {
  await log.createTopics({ [topic]: { partitions: 3, retentionDays: 1 } });
  const order = await place(lost);
  await publish(lost);
  await restorePoint();
  await pay(lost, order);
  await publish(lost);
  // Whoever drove it before the log was asked has told another end of it.
  await restored.orders.append(order, [{ type: 'order.cancelled.v1', at, reason: 'timed-out' }]);
  expect(await start(restored)).toEqual({ orders: 0, events: 0, refused: 1 });
  expect((await restored.orders.find(order.id))?.status).toBe('cancelled');
});

test('a start before there is any topic, and one of a database that knows everything, change nothing', async () => {
  expect(await start(lost)).toEqual({ orders: 0, events: 0, refused: 0 });
  await log.createTopics({ [topic]: { partitions: 3, retentionDays: 1 } });
  await pay(lost, await place(lost));
  await publish(lost);
  const before = await stateOf(lost);
  expect(await start(lost)).toEqual({ orders: 0, events: 0, refused: 0 });
  expect(await stateOf(lost)).toEqual(before);
});
