/** Orders on a real database with their neighbours in memory, for tests of what drives them. */

import { afterAll, beforeAll } from '@jest/globals';
import { systemIds } from '../../kit/system-ids.ts';
import { fakeClock } from '../../kit/testing/fake-clock.ts';
import { evolve, type Order } from '../domain/order.ts';
import { createIdempotencyKeys } from '../storage/idempotency-keys.ts';
import type { OrderRepository } from '../storage/order-repository.ts';
import type { ProcessOrderEffects } from '../use-cases/process-order.ts';
import { createStock, createTill } from './neighbours.ts';
import { aPlacedEvent } from './order-fixtures.ts';
import { type OrderStore, openOrderStore } from './order-store.ts';

/** When each of the orders begins. */
export const at = '2026-03-01T10:00:00.000Z';
export const productId = 'prd_00000000000000000000000001';

/** How an order of one unit stands that was paid, and one that gave everything back. */
export const paid = { status: 'paid', closed: false, left: 4, reservation: 'committed', kept: 3000 };
export const givenBack = { closed: true, left: 5, reservation: 'released', kept: 0 };

/** Opens the database before the tests of the file and drops it after them. */
export const drivenOrders = () => {
  let store: OrderStore;
  let orders: OrderRepository;
  beforeAll(async () => {
    store = await openOrderStore();
    ({ orders } = store);
  });
  afterAll(() => store.stop());

  const start = async ({ stock = 5, token = 'tok_visa', total = 3000, placedBy = orders } = {}) => {
    const clock = fakeClock(at);
    const [shop, till] = [createStock(), createTill()];
    shop.shelf.set(productId, { id: productId, title: 'A film', price: { amount: 3000, currency: 'USD' }, stock });
    const placed = aPlacedEvent({ orderId: systemIds.next('ord'), total });
    const order = evolve(null, placed);
    const keyed = { owner: 'usr_ada', sessionId: null, key: `key-of-${order.id}`, fingerprint: 'print' };
    await createIdempotencyKeys({ sql: store.database, clock }).claim(keyed);
    await placedBy.place(order, placed, { ...keyed, attempt: 1, paymentToken: token, carts: [] });
    const effects: ProcessOrderEffects = {
      ...{ orders, clock, products: shop.client, payments: till.client },
      giveUpAfterSeconds: 900,
    };
    const { id } = order;
    return {
      ...{ id, order, clock, effects, shop, till },
      /** Where the goods and the money of the order are. */
      outcome: async () => ({
        status: (await orders.find(id))?.status,
        closed: (await orders.find(id))?.closed,
        left: shop.shelf.get(productId)?.stock,
        reservation: shop.reservations.get(id)?.status,
        kept: (till.payments.get(id)?.captured ?? 0) - (till.payments.get(id)?.refunded ?? 0),
      }),
      change: async (decide: (order: Order) => Parameters<OrderRepository['append']>[1]) => {
        const newest = (await orders.find(id)) as Order;
        return orders.append(newest, decide(newest));
      },
    };
  };

  return {
    start,
    get database() {
      return store.database;
    },
    get jobs() {
      return store.jobs;
    },
    get orders() {
      return orders;
    },
  };
};
