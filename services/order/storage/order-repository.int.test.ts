import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseEvent } from '../../contracts/events/topics.ts';
import { systemClock } from '../../kit/system-clock.ts';
import { systemIds } from '../../kit/system-ids.ts';
import { evolve, replay } from '../domain/order.ts';
import { aPlacedEvent, someEvents } from '../testing/order-fixtures.ts';
import { type OrderStore, openOrderStore } from '../testing/order-store.ts';
import type { CartOrder } from './cart-orders.ts';
import { createIdempotencyKeys, type IdempotencyKeys } from './idempotency-keys.ts';
import type { OrderRepository } from './order-repository.ts';

let store: OrderStore;
let keys: IdempotencyKeys;
let orders: OrderRepository;
beforeAll(async () => {
  store = await openOrderStore();
  ({ orders } = store);
  keys = createIdempotencyKeys({ sql: store.database, clock: systemClock });
});
afterAll(() => store.stop());

const at = '2026-03-01T10:00:00.000Z';
const owner = 'usr_00000000000000000000000001';
const count = async (table: string, column: string, value: string) =>
  Number(
    (await store.database.query<{ n: string }>(`SELECT count(*) AS n FROM ${table} WHERE ${column} = $1`, [value]))
      .rows[0]?.n,
  );
const jobsOf = (orderId: string) => count(`jobs.job`, `data ->> 'orderId'`, orderId);

const place = async (parts: { attempt?: number; claim?: boolean; carts?: readonly CartOrder[] } = {}) => {
  const event = aPlacedEvent({ orderId: systemIds.next('ord') });
  const order = evolve(null, event);
  const key = `key-of-${order.id}`;
  const keyed = { key, fingerprint: 'print', owner, sessionId: null };
  if (parts.claim ?? true) await keys.claim(keyed);
  const claimed = { ...keyed, attempt: parts.attempt ?? 1, paymentToken: 'tok_visa', carts: parts.carts ?? [] };
  return { order, keyed, outcome: await orders.place(order, event, claimed) };
};

describe('a new order', () => {
  test('is written with its event, its message, its job and its key', async () => {
    const { order, keyed, outcome } = await place();
    expect(outcome).toBe('placed');
    expect(await orders.find(order.id)).toEqual(order);
    expect(await orders.history(order.id)).toEqual([aPlacedEvent({ orderId: order.id })]);
    expect(await orders.paymentToken(order.id)).toBe('tok_visa');
    expect(await jobsOf(order.id)).toBe(1);
    expect(await keys.claim(keyed)).toEqual({ outcome: 'done', orderId: order.id });
  });

  test.each([
    ['of an attempt that was taken over', { attempt: 2 }],
    ['without a claim', { claim: false }],
  ])('%s leaves no trace', async (_what, parts) => {
    const { order, outcome } = await place(parts);
    expect(outcome).toBe('claim-lost');
    expect(await orders.find(order.id)).toBeNull();
    expect(await count('order_events', 'order_id', order.id)).toBe(0);
    expect(await count('outbox', 'aggregateid', order.id)).toBe(0);
    expect(await jobsOf(order.id)).toBe(0);
  });
});

describe('an order from a cart', () => {
  const newest = async (owners: readonly string[]): Promise<readonly CartOrder[]> => {
    const request = { key: systemIds.next('evt'), fingerprint: 'print', owner, sessionId: null };
    const claim = await keys.claim(request, owners);
    return claim.outcome === 'claimed' ? claim.carts : [];
  };
  const owners = () => [systemIds.next('usr'), systemIds.next('ses')];

  test('is one of many that were asked for while the cart looked the same', async () => {
    const seen = await newest(owners());
    const all = await Promise.all(Array.from({ length: 10 }, () => place({ carts: seen })));
    const placed = all.filter(({ outcome }) => outcome === 'placed');
    expect([placed.length, all.filter(({ outcome }) => outcome === 'cart-ordered').length]).toEqual([1, 9]);
    for (const { order, outcome } of all)
      expect(await count('orders', 'id', order.id)).toBe(outcome === 'placed' ? 1 : 0);
    const orderId = placed[0]?.order.id;
    expect(await newest(seen.map(({ owner }) => owner))).toEqual(seen.map(({ owner }) => ({ owner, orderId })));
  });

  test('leaves its key to a later try when another order came first', async () => {
    const seen = await newest(owners());
    await place({ carts: seen });
    const { keyed } = await place({ carts: seen });
    expect(await keys.claim(keyed)).toEqual({ outcome: 'in-flight' });
  });

  test('is refused when the guest that the buyer was ordered meanwhile', async () => {
    const [account, session] = await newest(owners());
    if (!account || !session) throw new Error('two owners were asked for');
    expect((await place({ carts: [session] })).outcome).toBe('placed');
    expect((await place({ carts: [account, session] })).outcome).toBe('cart-ordered');
    expect((await place({ carts: await newest([account.owner, session.owner]) })).outcome).toBe('placed');
  });
});

describe('a change', () => {
  test('by 20 writers that read the same state is written by one', async () => {
    const { order } = await place();
    const cancelled = { type: 'order.cancelled.v1', at, reason: 'out-of-stock' } as const;
    const results = await Promise.all(Array.from({ length: 20 }, () => orders.append(order, [cancelled])));
    expect(results.filter((result) => result !== null)).toHaveLength(1);
    expect(await count('order_events', 'order_id', order.id)).toBe(2);
    expect(await count('outbox', 'aggregateid', order.id)).toBe(2);
  });

  test('queues a driver only when it is wanted and a step is owed', async () => {
    const { order } = await place();
    const reserved = await orders.append(order, [{ type: 'order.stock-reserved.v1', at, reservedUntil: at }], {
      drive: true,
    });
    expect(await jobsOf(order.id)).toBe(2);
    await orders.append(
      reserved ?? order,
      [{ type: 'order.paid.v1', at, paymentId: 'pay_00000000000000000000000001', captured: 3000 }],
      { drive: true },
    );
    expect(await jobsOf(order.id)).toBe(2);
  });

  test('that decides the purchase erases the payment token', async () => {
    const { order } = await place();
    await orders.append(order, [{ type: 'order.cancelled.v1', at, reason: 'out-of-stock' }]);
    await expect(orders.paymentToken(order.id)).rejects.toThrow('no payment token');
  });

  test('of nothing changes nothing', async () => {
    const { order } = await place();
    expect(await orders.append(order, [])).toEqual(order);
    expect(await orders.find(order.id)).toEqual(order);
  });

  test('of each kind reads back as the history says, and matches the contract of the topic', async () => {
    const { order } = await place();
    const [, ...chain] = someEvents.filter(
      ({ type }) => !['order.cancelled.v1', 'order.payment-failed.v1', 'order.closed.v1'].includes(type),
    );
    expect(await orders.append(order, chain)).toEqual(await orders.find(order.id));
    expect(replay(await orders.history(order.id))).toEqual(await orders.find(order.id));
    const { rows } = await store.database.query<{ payload: object; sequence: string }>(
      'SELECT payload, sequence FROM outbox WHERE aggregateid = $1 ORDER BY position',
      [order.id],
    );
    expect(rows.map(({ sequence }) => Number(sequence))).toEqual([1, ...chain.map((_, at) => at + 2)]);
    for (const { payload } of rows) expect(parseEvent(JSON.stringify(payload), 'order-events')).toEqual(payload);
  });
});

describe('the history', () => {
  test.each(['UPDATE order_events SET at = now()', 'DELETE FROM order_events'])('refuses %s', async (statement) => {
    await place();
    await expect(store.database.query(statement)).rejects.toThrow('append-only');
  });
});

describe('the sweeper', () => {
  test('finds orders that are owed a step and have not moved, and no others', async () => {
    const [idle, decided] = [(await place()).order, (await place()).order];
    await orders.append(decided, [
      { type: 'order.cancelled.v1', at, reason: 'out-of-stock' },
      { type: 'order.closed.v1', at, paymentId: null, captured: 0, refunded: 0 },
    ]);
    const stuck = await orders.stuck(new Date('2026-03-01T10:00:01Z'), 1000);
    expect(stuck).toContain(idle.id);
    expect(stuck).not.toContain(decided.id);
    expect(await orders.stuck(new Date('2026-03-01T10:00:00Z'), 1000)).not.toContain(idle.id);
  });
});
