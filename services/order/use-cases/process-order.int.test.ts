import { describe, expect, test } from '@jest/globals';
import { createDirectWork } from '../../kit/jobs/direct-work.ts';
import { systemIds } from '../../kit/system-ids.ts';
import { createLogger } from '../../kit/telemetry/logger.ts';
import { cancel, requestRefund, ship, startProcessing } from '../domain/order-decisions.ts';
import { returnItems } from '../domain/return-items.ts';
import { createOrderRepository, type OrderRepository } from '../storage/order-repository.ts';
import { at, drivenOrders, givenBack, paid, productId } from '../testing/driven-orders.ts';
import { type ProcessOrderEffects, processOrder } from './process-order.ts';
import { sweepStuckOrders } from './sweep-orders.ts';

const driven = drivenOrders();
const { start } = driven;

class Crash extends Error {}
/** The same effects, of which the call number `at` (counted over all of them) ends the process before or after its effect. */
const crashing = (effects: ProcessOrderEffects, crashAt: number, when: 'before' | 'after'): ProcessOrderEffects => {
  let calls = 0;
  const wrap = <T extends object>(part: T): T =>
    new Proxy(part, {
      get: (target, name) => {
        const call = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>;
        return async (...args: unknown[]) => {
          const isLast = ++calls === crashAt;
          if (isLast && when === 'before') throw new Crash();
          const answer = await call.apply(target, args);
          if (isLast) throw new Crash();
          return answer;
        };
      },
    });
  return {
    ...effects,
    orders: wrap(effects.orders),
    products: wrap(effects.products),
    payments: wrap(effects.payments),
  };
};

/** Crashes at each call of a run in turn, begins anew after each, and tells in how many places it crashed. */
const crashEverywhere = async (
  effects: ProcessOrderEffects,
  orderId: string,
  when: 'before' | 'after',
): Promise<number> => {
  for (let crashAt = 1; ; crashAt++) {
    try {
      await processOrder(crashing(effects, crashAt, when), orderId);
      return crashAt - 1;
    } catch (problem) {
      if (!(problem instanceof Crash)) throw problem;
    }
  }
};

describe('driving an order', () => {
  test('takes the stock and the money once', async () => {
    const { id, effects, outcome } = await start();
    await processOrder(effects, id);
    expect(await outcome()).toEqual(paid);
    await processOrder(effects, id);
    expect(await outcome()).toEqual(paid);
  });

  test('hands out what costs nothing without asking for a charge, ships it, and takes it back when it is cancelled', async () => {
    const free = { ...paid, kept: 0 };
    const shipped = await start({ total: 0 });
    await processOrder(shipped.effects, shipped.id);
    expect([await shipped.outcome(), shipped.till.payments.size]).toEqual([free, 0]);
    await shipped.change((order) => ship(order, { at, carrier: 'UPS', trackingNumber: '1Z' }));
    expect(await shipped.outcome()).toEqual({ ...free, status: 'shipped' });

    const cancelled = await start({ total: 0 });
    await processOrder(cancelled.effects, cancelled.id);
    await cancelled.change((order) => cancel(order, { at, reason: 'cancelled-by-customer' }));
    await processOrder(cancelled.effects, cancelled.id);
    expect(await cancelled.outcome()).toEqual({ ...givenBack, status: 'cancelled' });
  });

  test.each([0, 3000])(
    'takes back the goods of an order over %i that staff cancel while it is being packed',
    async (total) => {
      const { id, effects, change, outcome } = await start({ total });
      await processOrder(effects, id);
      await change((order) => startProcessing(order, { at }));
      await change((order) => cancel(order, { at, reason: 'cancelled-by-staff' }));
      await processOrder(effects, id);
      expect(await outcome()).toEqual({ ...givenBack, status: 'cancelled' });
    },
  );

  test.each(Array.from({ length: 5 }, (_, crashAt) => crashAt + 1))(
    'survives a crash around its call number %d',
    async (crashAt) => {
      for (const when of ['before', 'after'] as const) {
        const { id, effects, outcome } = await start();
        await expect(processOrder(crashing(effects, crashAt, when), id)).rejects.toBeInstanceOf(Crash);
        await processOrder(effects, id);
        expect(await outcome()).toEqual(paid);
      }
    },
  );

  test.each(['before', 'after'] as const)(
    'with what its process knows survives a crash %s each call, whoever goes on without knowing it',
    async (when) => {
      for (let crashAt = 1; crashAt <= 3; crashAt++) {
        const { id, order, effects, outcome } = await start();
        const known = { order, paymentToken: 'tok_visa' };
        await expect(processOrder(crashing(effects, crashAt, when), id, known)).rejects.toBeInstanceOf(Crash);
        await processOrder(effects, id);
        expect(await outcome()).toEqual(paid);
      }
    },
  );

  test('of a process that ended right after the commit is begun by its next start, or queued by the sweeper', async () => {
    const endsAtOnce = {
      hasRoom: () => true,
      tellAfterwards: () => false,
      lastResult: () => undefined,
      take: () => undefined,
    };
    const placedBy = createOrderRepository({
      database: driven.database,
      jobs: driven.jobs,
      ids: systemIds,
      limits: { undecided: 0, declinedPerHour: 0 },
      driver: endsAtOnce,
    });
    const { id, clock, effects, outcome } = await start({ placedBy });
    const jobsOf = async () =>
      (await driven.database.query(`SELECT FROM jobs.job WHERE data ->> 'orderId' = $1`, [id])).rowCount;
    expect(await jobsOf()).toBe(0);
    clock.advance(31_000);
    const startProcessing = async () => undefined;
    const sweeping = {
      orders: driven.orders,
      clock,
      sweepAfterSeconds: 30,
      cancellationWindowSeconds: 1_800,
      startProcessing,
    };
    await sweepStuckOrders(sweeping);
    expect(await jobsOf()).toBe(1);

    const next = createDirectWork({
      work: (orderId) => processOrder(effects, orderId),
      queue: (orderId) => driven.orders.queue(orderId),
      abandoned: async () => (await driven.orders.stuck(clock.now(), 1_000)).filter((orderId) => orderId === id),
      ...{ logger: createLogger('order', 'silent'), concurrency: 1 },
    });
    await next.start();
    await next.stop();
    expect(await outcome()).toEqual(paid);
  });

  test.each(['before', 'after'] as const)('survives one crash after the other, each %s the next call', async (when) => {
    const { id, effects, outcome } = await start();
    expect(await crashEverywhere(effects, id, when)).toBeGreaterThanOrEqual(3);
    expect(await outcome()).toEqual(paid);
  });

  test.each(['before', 'after'] as const)('gives everything back although it crashes %s each call', async (when) => {
    const { id, effects, outcome, change } = await start();
    await processOrder(effects, id);
    await change((order) => cancel(order, { at, reason: 'cancelled-by-customer' }));
    expect(await crashEverywhere(effects, id, when)).toBeGreaterThan(1);
    expect(await outcome()).toEqual({ status: 'cancelled', ...givenBack });
  });

  test('by five at once takes nothing twice', async () => {
    const { id, effects, outcome, till } = await start();
    await Promise.all(Array.from({ length: 5 }, () => processOrder(effects, id)));
    expect(await outcome()).toEqual(paid);
    expect(till.payments.size).toBe(1);
    expect((await driven.orders.history(id)).map(({ type }) => type)).toEqual([
      'order.placed.v1',
      'order.stock-reserved.v1',
      'order.paid.v1',
    ]);
  });

  test('without stock ends cancelled and costs nothing', async () => {
    const { id, effects, outcome } = await start({ stock: 0 });
    await processOrder(effects, id);
    expect(await outcome()).toEqual({ status: 'cancelled', ...givenBack, left: 0 });
    expect(await driven.orders.find(id)).toMatchObject({ cancelReason: 'out-of-stock' });
  });

  test('with a declined card puts the goods back', async () => {
    const { id, effects, outcome } = await start({ token: 'tok_declined' });
    await processOrder(effects, id);
    expect(await outcome()).toEqual({ status: 'payment-failed', ...givenBack });
    expect(await driven.orders.find(id)).toMatchObject({ failure: 'card-declined' });
  });

  test('whose reservation ran out charges nothing', async () => {
    const { id, effects, outcome, shop, change } = await start();
    await change(() => [{ type: 'order.stock-reserved.v1', at, reservedUntil: at }]);
    await shop.client.release(id, 'expired');
    await processOrder(effects, id);
    expect(await outcome()).toEqual({ status: 'cancelled', ...givenBack });
    expect(await driven.orders.find(id)).toMatchObject({ cancelReason: 'reservation-expired' });
  });

  test('waits for a provider that does not answer, and gives up after the deadline', async () => {
    const { id, effects, outcome, clock } = await start({ token: 'tok_silent' });
    await expect(processOrder(effects, id)).rejects.toMatchObject({ code: 'payment.outcome-unknown' });
    expect(await outcome()).toMatchObject({ status: 'stock-reserved', reservation: 'committed', left: 4 });
    clock.advance(900_000);
    await expect(processOrder(effects, id)).rejects.toMatchObject({ code: 'payment.outcome-unknown' });
    clock.advance(1);
    await processOrder(effects, id);
    expect(await outcome()).toEqual({ status: 'cancelled', ...givenBack });
    expect(await driven.orders.find(id)).toMatchObject({ cancelReason: 'timed-out' });
  });

  test('that another driver ends meanwhile is no failure', async () => {
    const { id, effects, outcome } = await start();
    const overtaken: OrderRepository = {
      ...driven.orders,
      paymentToken: async (orderId) => {
        await processOrder(effects, orderId);
        return driven.orders.paymentToken(orderId);
      },
    };
    expect(await processOrder({ ...effects, orders: overtaken }, id)).toMatchObject({ status: 'paid' });
    expect(await outcome()).toEqual(paid);
  });

  test('does not wait for ever for a neighbour that fails whatever is asked', async () => {
    const { id, effects, outcome, till, clock } = await start();
    const charge = async () => {
      throw new Error('payment is broken');
    };
    const broken = { ...effects, payments: { ...till.client, charge } };
    await expect(processOrder(broken, id)).rejects.toThrow('payment is broken');
    expect(await outcome()).toMatchObject({ status: 'stock-reserved' });
    clock.advance(900_001);
    await processOrder(broken, id);
    expect(await outcome()).toEqual({ status: 'cancelled', ...givenBack });
  });

  test('that is cancelled while it is charged gives everything back', async () => {
    const { id, effects, outcome, till, change } = await start();
    const charge: typeof till.client.charge = async (...request) => {
      const answer = await till.client.charge(...request);
      if ((await driven.orders.find(id))?.status !== 'cancelled')
        await change((order) => cancel(order, { at, reason: 'cancelled-by-customer' }));
      return answer;
    };
    await processOrder({ ...effects, payments: { ...till.client, charge } }, id);
    expect(await outcome()).toEqual({ status: 'cancelled', ...givenBack });
  });

  test('that is cancelled before it is charged is not charged for good', async () => {
    const { id, effects, outcome, till, change, shop } = await start();
    const sell: typeof shop.client.sell = async (orderId, lines) => {
      const answer = await shop.client.sell(orderId, lines);
      await change((order) => cancel(order, { at, reason: 'cancelled-by-customer' }));
      await till.client.cancel(orderId, 'cancelled');
      return answer;
    };
    await processOrder({ ...effects, products: { ...shop.client, sell } }, id);
    expect(await outcome()).toEqual({ status: 'cancelled', ...givenBack });
  });
});

describe('a refund', () => {
  const refund = (amount: number | undefined, number = 1) => ({
    at,
    amount: amount === undefined ? undefined : { amount, currency: 'USD' },
    reason: 'damaged',
    refundId: `rfd_${String(number).padStart(26, '0')}`,
  });

  test('in part leaves the order as it is, and the last part ends it and frees the goods', async () => {
    const { id, effects, outcome, change } = await start();
    await processOrder(effects, id);
    await change((order) => requestRefund(order, refund(1000, 1)));
    await processOrder(effects, id);
    expect(await outcome()).toEqual({ ...paid, kept: 2000 });
    await change((order) => requestRefund(order, refund(undefined, 2)));
    await processOrder(effects, id);
    expect(await outcome()).toEqual({ ...givenBack, status: 'refunded', closed: false });
  });

  test('of shipped goods leaves them sold', async () => {
    const { id, effects, outcome, change } = await start();
    await processOrder(effects, id);
    await change((order) => ship(order, { at, carrier: 'UPS', trackingNumber: '1Z' }));
    await change((order) => requestRefund(order, refund(undefined)));
    await processOrder(effects, id);
    expect(await outcome()).toEqual({ ...paid, status: 'refunded', kept: 0 });
  });

  test.each(['before', 'after'] as const)('is made once although the process crashes %s each call', async (when) => {
    const { id, effects, outcome, change, till } = await start();
    await processOrder(effects, id);
    await change((order) => requestRefund(order, refund(1000, 1)));
    await change((order) => requestRefund(order, refund(2000, 2)));
    await crashEverywhere(effects, id, when);
    expect(await outcome()).toEqual({ ...givenBack, status: 'refunded', closed: false });
    expect(till.refunds.size).toBe(2);
  });
});

describe('a return', () => {
  const told = (isRestocked: boolean) => ({
    ...{ at, returnId: systemIds.next('ret'), refundId: systemIds.next('rfd'), reason: 'too small' },
    lines: [{ productId, quantity: 1, isRestocked }],
  });
  const shippedOrder = async () => {
    const started = await start();
    await processOrder(started.effects, started.id);
    await started.change((order) => ship(order, { at, carrier: 'UPS', trackingNumber: '1Z' }));
    return started;
  };

  test.each(['before', 'after'] as const)(
    'gives the money back and the goods to the shelf once although the process crashes %s each call',
    async (when) => {
      const { id, effects, outcome, change, till } = await shippedOrder();
      await change((order) => returnItems(order, told(true)));
      expect(await crashEverywhere(effects, id, when)).toBeGreaterThanOrEqual(3);
      expect([await outcome(), till.refunds.size]).toEqual([{ ...givenBack, status: 'refunded', closed: false }, 1]);
    },
  );

  test('of what cannot be sold again gives the money back alone', async () => {
    const { id, effects, outcome, change } = await shippedOrder();
    await change((order) => returnItems(order, told(false)));
    await processOrder(effects, id);
    expect(await outcome()).toEqual({ ...paid, status: 'refunded', kept: 0 });
  });

  test('of something that never left is put on the shelf once, the rest with the last refund', async () => {
    const { id, effects, outcome, change } = await start();
    await processOrder(effects, id);
    await change((order) => returnItems(order, { ...told(true), amount: { amount: 1000, currency: 'USD' } }));
    await processOrder(effects, id);
    await change((order) => requestRefund(order, { at, refundId: systemIds.next('rfd'), reason: 'the rest' }));
    await processOrder(effects, id);
    expect(await outcome()).toEqual({ ...givenBack, status: 'refunded', closed: false });
  });
});
