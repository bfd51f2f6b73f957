import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { orderEventSchema } from '../../contracts/events/order-events.ts';
import type { EventLog } from '../../kit/events/event-log.ts';
import { openEventLog } from '../../kit/events/open-event-log.ts';
import { eventually } from '../../kit/testing/condition.ts';
import { unreadBy } from '../../kit/testing/event-logs/read-topic.ts';
import { startCart, type TestCart } from '../testing/cart-fixtures.ts';

let shop: TestCart;
let log: EventLog;
beforeAll(async () => {
  shop = await startCart();
  log = await openEventLog({ url: shop.store.url, logger: shop.context.logger });
  const topic = { partitions: 3, retentionDays: 1 };
  await log.createTopics({ 'order-events': topic, 'user-events': topic });
  await shop.begin();
});
afterAll(async () => {
  await log.close();
  await shop.stop();
});

const usd = (amount: number) => ({ amount, currency: 'USD' });

/** `order.placed.v1` as the order service publishes it. */
const placed = (owner: string | null, items: Record<string, number>) => {
  const id = shop.ids.next('ord');
  const now = shop.clock.now().toISOString();
  return orderEventSchema.parse({
    specversion: '1.0',
    id: shop.ids.next('evt'),
    source: 'order',
    type: 'order.placed.v1',
    subject: id,
    time: now,
    datacontenttype: 'application/json',
    sequence: 1,
    data: {
      order: {
        id,
        status: 'pending',
        items: Object.entries(items).map(([productId, quantity]) => ({
          ...{ productId, title: 'Film', quantity, unitPrice: usd(1), lineTotal: usd(quantity) },
        })),
        total: usd(1),
        currency: 'USD',
        email: 'somebody@example.com',
        shippingAddress: { street: '1 Main Street', city: 'Springfield', zip: '12345', country: 'US' },
        payment: { method: 'card', paymentId: null, captured: usd(0), refunded: usd(0), failure: null },
        shipment: null,
        cancellation: null,
        createdAt: now,
        updatedAt: now,
      },
      customer: { userId: null, name: null },
      cart: owner === null ? null : { owner },
    },
  });
};

type Placed = ReturnType<typeof placed>;
const publish = (...events: Placed[]) =>
  log.append(
    'order-events',
    events.map((event) => ({ key: event.subject, value: JSON.stringify(event), headers: { id: event.id } })),
  );

/** Resolves when the cart has handled everything that was published. */
const handled = () => eventually(async () => expect(await unreadBy(log, 'cart', 'order-events')).toBe(0));

describe('an order that was placed', () => {
  it('takes what it bought out of the cart, once, and leaves what came in since', async () => {
    const sessionId = shop.ids.next('ses');
    const guest = shop.guest(sessionId);
    const [film, other, later] = [shop.product(), shop.product(), shop.product()];
    await guest.add(film, 5);
    await guest.add(other, 1);
    const event = placed(sessionId, { [film]: 3, [other]: 1 });
    await guest.add(later, 2);
    await publish(event, event);
    await publish(event);
    await handled();
    expect(await guest.quantities()).toEqual({ [film]: 2, [later]: 2 });
    const told = (await shop.events()).filter(({ data }) => data['orderId'] === event.subject);
    expect(told.map(({ type }) => type)).toEqual(['cart.checked-out.v1']);
  });

  it('empties the cart of a user, while he goes on adding', async () => {
    const userId = shop.ids.next('usr');
    const customer = await shop.customer({ userId });
    const film = shop.product();
    await customer.add(film, 10);
    const [answers] = await Promise.all([
      Promise.all(Array.from({ length: 10 }, () => customer.add(film))),
      publish(placed(userId, { [film]: 10 })),
    ]);
    expect(answers.every(({ statusCode }) => statusCode === 200)).toBe(true);
    await handled();
    expect(await customer.quantities()).toEqual({ [film]: 10 });
  });

  it('by a guest who signed in meanwhile is taken out of the cart that took his in', async () => {
    const [sessionId, userId] = [shop.ids.next('ses'), shop.ids.next('usr')];
    const [bought, kept] = [shop.product(), shop.product()];
    await shop.guest(sessionId).add(bought, 2);
    const customer = await shop.customer({ userId, sessionId });
    await customer.add(kept);
    await publish(placed(sessionId, { [bought]: 2 }));
    await handled();
    expect(await customer.quantities()).toEqual({ [kept]: 1 });
  });

  it('is told apart from one that the cart has not heard of, whoever asks', async () => {
    const [sessionId, userId] = [shop.ids.next('ses'), shop.ids.next('usr')];
    const [guest, film] = [shop.guest(sessionId), shop.product()];
    await guest.add(film, 2);
    const [event, other] = [placed(sessionId, { [film]: 2 }), placed(null, { [film]: 1 })];
    const cartAfter = (...events: Placed[]) => `/cart?after=${events.map(({ subject }) => subject).join(',')}`;
    const early = await guest.call('GET', cartAfter(event));
    expect([early.statusCode, early.json().code, early.headers['retry-after']]).toEqual([
      ...[409, 'cart.order-pending', '1'],
    ]);
    await publish(event);
    await handled();
    for (const person of [guest, await shop.customer({ userId, sessionId })])
      expect((await person.call('GET', cartAfter(event))).json()).toMatchObject({ items: [] });
    expect((await guest.call('GET', cartAfter(event, other))).statusCode).toBe(409);
    expect((await guest.call('GET', '/cart?after=ord_1')).statusCode).toBe(400);
  });

  it('without a cart, of an unknown owner, or with other products, changes nothing', async () => {
    const sessionId = shop.ids.next('ses');
    const guest = shop.guest(sessionId);
    const [film, other] = [shop.product(), shop.product()];
    await guest.add(film, 2);
    await publish(
      placed(null, { [film]: 2 }),
      placed(shop.ids.next('ses'), { [film]: 2 }),
      placed('nobody', { [film]: 2 }),
      placed(sessionId, { [other]: 1 }),
    );
    await handled();
    expect(await guest.quantities()).toEqual({ [film]: 2 });
  });
});

describe('the figures', () => {
  it('count carts, checkouts, abandoned carts and what carts are worth', async () => {
    const read = async (name: string) => {
      const { body } = await shop.http.inject({ url: '/metrics' });
      const line = body.split('\n').find((text) => text.startsWith(`${name}{`));
      return Number(line?.split(' ').at(-1) ?? Number.NaN);
    };
    const [made, bought, valued] = [
      await read('carts_created_total'),
      await read('checkout_conversions_total'),
      await read('cart_value_dollars_count'),
    ];
    const sessionId = shop.ids.next('ses');
    const film = shop.product({ amount: 12_34 });
    await shop.guest(sessionId).add(film, 2);
    expect(await read('carts_created_total')).toBe(made + 1);
    await eventually(async () => expect(await read('cart_value_dollars_count')).toBeGreaterThan(valued));
    await publish(placed(sessionId, { [film]: 2 }));
    await handled();
    expect(await read('checkout_conversions_total')).toBe(bought + 1);
  });
});
