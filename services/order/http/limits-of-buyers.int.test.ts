import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { systemIds } from '../../kit/system-ids.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import { anAddress } from '../testing/order-fixtures.ts';
import { startOrderService, type TestOrderService } from '../testing/running-order-service.ts';

let service: TestOrderService;
let productId: string;
beforeAll(async () => {
  service = await startOrderService({
    // Nothing decides these orders: they are what a provider leaves that does not answer.
    driveLater: true,
    limits: { UNDECIDED_ORDERS: 2, DECLINED_ORDERS_PER_HOUR: 3 },
  });
});
afterAll(() => service.stop());
beforeEach(() => {
  productId = service.offer({ stock: 1_000 });
});

const place = async (sessionId: string, network = `192.0.2.${Math.floor(Math.random() * 250)}`) => {
  try {
    const { order } = await service.client.placeOrder(
      {
        idempotencyKey: randomUUID(),
        shippingAddress: anAddress,
        payment: { method: 'card', token: 'tok_visa' },
        email: 'buyer@example.com',
        items: [{ productId, quantity: 1 }],
      },
      { sessionId, network },
    );
    return order?.id ?? '';
  } catch (problem) {
    if (problem instanceof Refusal) return problem.code;
    throw problem;
  }
};
const newSession = () => systemIds.next('ses');
const isPlaced = (outcome: string) => outcome.startsWith('ord_');
/** As if its payment had failed at this moment. */
const decline = (orderId: string) =>
  service.store.database.query("UPDATE orders SET status = 'payment-failed', updated_at = $2 WHERE id = $1", [
    orderId,
    service.context.clock.now(),
  ]);

describe('who holds stock without paying (M5)', () => {
  test('has a few orders at a time, however many are sent at once, and a place again once one is decided', async () => {
    const session = newSession();
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => place(session, '198.51.100.1')));
    const placed = outcomes.filter(isPlaced);
    expect(placed).toHaveLength(2);
    expect(new Set(outcomes.filter((outcome) => !isPlaced(outcome)))).toEqual(new Set(['order.too-many-undecided']));
    await service.client.cancelOrder({ id: placed[0] ?? '' }, { sessionId: session });
    expect(isPlaced(await place(session, '198.51.100.1'))).toBe(true);
  });

  test('has four times as many from one network, with as many sessions as he likes, and takes no place of others', async () => {
    const outcomes: string[] = [];
    for (let buyer = 0; buyer < 12; buyer += 1) outcomes.push(await place(newSession(), '198.51.100.2'));
    expect(outcomes.filter(isPlaced)).toHaveLength(8);
    expect(outcomes.at(-1)).toBe('order.too-many-undecided');
    expect(isPlaced(await place(newSession(), '198.51.100.3'))).toBe(true);
  });
});

describe('who tries card after card (M5)', () => {
  test('is refused after a few that were declined within an hour, by session and by network', async () => {
    const session = newSession();
    for (let card = 0; card < 3; card += 1) await decline(await place(session, '198.51.100.4'));
    expect(await place(session, '198.51.100.4')).toBe('order.too-many-declined');
    expect(await place(session, '198.51.100.5')).toBe('order.too-many-declined');
    for (let card = 3; card < 12; card += 1) await decline(await place(newSession(), '198.51.100.4'));
    expect(await place(newSession(), '198.51.100.4')).toBe('order.too-many-declined');
    expect(isPlaced(await place(newSession(), '198.51.100.6'))).toBe(true);
  });

  test('may try again when the hour is over, and a refusal costs no key', async () => {
    const session = newSession();
    const orders = [await place(session), await place(session)];
    expect(await place(session)).toBe('order.too-many-undecided');
    for (const id of orders) await decline(id);
    await decline(await place(session));
    expect(await place(session)).toBe('order.too-many-declined');
    await service.store.database.query(
      "UPDATE orders SET updated_at = updated_at - interval '61 minutes' WHERE session_id = $1",
      [session],
    );
    expect(isPlaced(await place(session))).toBe(true);
  });
});
