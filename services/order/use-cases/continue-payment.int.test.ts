import { describe, expect, test } from '@jest/globals';
import { eventually } from '../../kit/testing/condition.ts';
import { drivenOrders, givenBack, paid } from '../testing/driven-orders.ts';
import { type Headers, orderServiceUnderTest } from '../testing/order-service-under-test.ts';
import { processOrder } from './process-order.ts';
import { sweepStuckOrders } from './sweep-orders.ts';

const driven = drivenOrders();

describe('an order whose bank asks who pays', () => {
  const asked = async () => {
    const order = await driven.start({ token: 'ctoken_asked' });
    const waiting = await processOrder(order.effects, order.id);
    expect(waiting.status).toBe('stock-reserved');
    const { clock } = order;
    const sweeping = { orders: driven.orders, clock, sweepAfterSeconds: 30, cancellationWindowSeconds: 1_800 };
    const isTakenUp = async () => {
      const taken: string[] = [];
      const orders = { ...driven.orders, drive: async (id: string) => taken.push(id) };
      await sweepStuckOrders({ ...sweeping, orders, startProcessing: async () => undefined });
      return taken.includes(order.id);
    };
    return { ...order, isTakenUp };
  };

  test('waits with its goods, and no sweeper takes it up while its buyer has time', async () => {
    const { id, effects, clock, outcome, isTakenUp } = await asked();
    clock.advance(600_000);
    expect([(await processOrder(effects, id)).status, await isTakenUp()]).toEqual(['stock-reserved', false]);
    expect(await outcome()).toMatchObject({ left: 4, reservation: 'committed', kept: 0 });
  });

  test('is paid once when it is driven on after the bank knows its buyer', async () => {
    const { id, effects, till, outcome } = await asked();
    till.answerOfBank(id, true);
    for (let again = 0; again < 2; again++) await processOrder(effects, id);
    expect(await outcome()).toEqual(paid);
  });

  test('is paid when the bank knows its buyer before anybody can see that it waits', async () => {
    const { id, effects, till, outcome } = await driven.start({ token: 'ctoken_asked' });
    const charge: typeof till.client.charge = async (...about) => {
      const answer = await till.client.charge(...about);
      till.answerOfBank(id, true);
      return answer;
    };
    await processOrder({ ...effects, payments: { ...till.client, charge } }, id);
    expect(await outcome()).toEqual(paid);
  });

  test('is not paid when it is somebody else, and its goods go back', async () => {
    const { id, effects, till, outcome } = await asked();
    till.answerOfBank(id, false);
    expect(await processOrder(effects, id)).toMatchObject({ failure: 'authentication-required' });
    expect(await outcome()).toEqual({ status: 'payment-failed', ...givenBack });
  });

  test('is taken up and given up when nobody has answered in time, and costs nothing whatever the bank says then', async () => {
    const { id, effects, clock, till, outcome, isTakenUp } = await asked();
    clock.advance(931_000);
    expect(await isTakenUp()).toBe(true);
    expect(await processOrder(effects, id)).toMatchObject({ cancelReason: 'timed-out' });
    till.answerOfBank(id, true);
    await processOrder(effects, id);
    expect(await outcome()).toEqual({ status: 'cancelled', ...givenBack });
  });
});

describe('the door by which a buyer goes on', () => {
  const shop = orderServiceUnderTest();
  const waiting = async () => {
    const guest = shop.service.guest();
    const payment = { method: 'card', token: 'ctoken_asked' };
    const { id } = await shop.place(guest, shop.bodyFor({ payment, email: 'guest@example.com' }));
    await eventually(async () => {
      const { rows } = await shop.service.store.database.query('SELECT buyer_until FROM orders WHERE id = $1', [id]);
      expect(rows).toEqual([{ buyer_until: expect.any(Date) }]);
    });
    return { guest, id, goOn: (headers: Headers = guest) => shop.call('POST', `/orders/${id}/payment`, headers) };
  };

  test('says what the bank asks on, and takes the money once that is answered', async () => {
    const { id, goOn } = await waiting();
    const secret = { provider: 'stripe', clientSecret: `secret of ${id}` };
    expect((await goOn()).json()).toMatchObject({ order: { id, status: 'stock-reserved' }, authentication: secret });
    shop.service.till.answerOfBank(id, true);
    for (let again = 0; again < 2; again++)
      expect((await goOn()).json()).toMatchObject({ order: { status: 'paid' }, authentication: null });
  });

  test('is open to its buyer alone: not to staff, and to nobody else', async () => {
    const { id, goOn } = await waiting();
    for (const others of [shop.staff, shop.service.guest(), await shop.service.customer()])
      expect([(await goOn(others)).statusCode, (await goOn(others)).body.includes(`secret of ${id}`)]).toEqual([
        404,
        false,
      ]);
  });

  test('changes nothing of an order that was cancelled meanwhile', async () => {
    const { id, guest, goOn } = await waiting();
    expect((await shop.call('POST', `/orders/${id}/cancel`, guest)).statusCode).toBe(200);
    shop.service.till.answerOfBank(id, true);
    expect((await goOn()).json()).toMatchObject({ order: { status: 'cancelled' }, authentication: null });
    expect(shop.service.till.payments.get(id)?.captured ?? 0).toBe(0);
  });
});
