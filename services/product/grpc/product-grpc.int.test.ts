import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { inventoryEventSchema } from '../../contracts/events/inventory-events.ts';
import { ProductServiceDefinition } from '../../contracts/generated/cloudmart/product/v1/product.ts';
import { createGrpcClient } from '../../kit/grpc/grpc-client.ts';
import { startProduct, type TestProduct } from '../testing/product-fixtures.ts';
import { brokenSequences, brokenStock } from '../testing/stock-invariants.ts';

let shop: TestProduct;
let door: ReturnType<TestProduct['grpcClient']>;

beforeAll(async () => {
  shop = await startProduct();
  door = shop.grpcClient();
});
afterAll(() => shop.stop());

afterEach(async () => {
  expect(await brokenStock(shop.database)).toEqual([]);
  expect(await brokenSequences(shop.database)).toEqual([]);
});

const newOrder = () => shop.ids.next('ord');
const reserve = (orderId: string, productId: string, quantity = 1) =>
  door.reserveStock({ orderId, lines: [{ productId, quantity }] });

describe('reading products', () => {
  it('answers those that exist, with the price and stock of now', async () => {
    const id = await shop.create({ title: 'Slam', price: { amount: 999, currency: 'EUR' }, stock: 3 });
    const { products } = await door.getProducts({ ids: [id, shop.ids.next('prd')] });
    expect(products).toEqual([{ id, title: 'Slam', price: { amount: 999, currency: 'EUR' }, stock: 3 }]);
  });

  it('leaves out what is no id at all', async () => {
    const id = await shop.create();
    const { products } = await door.getProducts({ ids: ['', 'prd_1', `${id}\0`, id] });
    expect(products.map((product) => product.id)).toEqual([id]);
  });

  it('refuses more than 100 ids', async () => {
    const ids = Array.from({ length: 101 }, () => shop.ids.next('prd'));
    await expect(door.getProducts({ ids })).rejects.toMatchObject({ kind: 'invalid', code: 'request.invalid' });
  });

  it('moves stock for orders alone: carts may look (M7)', async () => {
    const cart = shop.grpcClient('cart');
    expect(await cart.getProducts({ ids: [] })).toEqual({ products: [] });
    const orderId = shop.ids.next('ord');
    for (const call of [
      () => cart.reserveStock({ orderId, lines: [{ productId: shop.ids.next('prd'), quantity: 1 }] }),
      () => cart.commitStock({ orderId }),
      () => cart.releaseStock({ orderId, reason: 'x' }),
    ])
      await expect(call()).rejects.toMatchObject({ cause: { code: 'service-token.not-allowed' } });
  });

  it('is closed to services that are not declared as callers', async () => {
    const stranger = shop.grpcClient('stranger');
    await expect(stranger.getProducts({ ids: [] })).rejects.toMatchObject({
      cause: { code: 'service-token.not-allowed' },
    });
    const forger = createGrpcClient(ProductServiceDefinition, {
      address: 'localhost:1',
      caller: 'order',
      secret: 'another secret of thirty-two bytes!!',
      deadlineMs: 500,
    });
    await expect(forger.getProducts({ ids: [] })).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'product.unavailable',
    });
    forger.close();
  });
});

describe('a reservation', () => {
  it('lets exactly 20 of 200 buyers have one of 20 units', async () => {
    const id = await shop.create({ stock: 20 });
    const answers = await Promise.all(Array.from({ length: 200 }, newOrder).map((orderId) => reserve(orderId, id)));
    expect(answers.filter(({ reserved }) => reserved)).toHaveLength(20);
    expect(await shop.stockOf(id)).toEqual({ free: 0, reserved: 20, sold: 0 });
  });

  it('survives buyers who want the same products in every order, without a deadlock', async () => {
    const ids = await Promise.all(Array.from({ length: 6 }, () => shop.create({ stock: 1000 })));
    const orders = Array.from({ length: 60 }, (_, at) => ({
      orderId: newOrder(),
      lines: ids.map((_id, index) => ({
        productId: ids[(index * (at % 2 ? 1 : 5) + at) % 6] as string,
        quantity: 1 + (index % 3),
      })),
    }));
    const outcomes = await Promise.all(
      orders.map(async ({ orderId, lines }, at) => {
        const { reserved } = await door.reserveStock({ orderId, lines });
        if (at % 3 === 0) await door.releaseStock({ orderId, reason: 'changed mind' });
        else await door.commitStock({ orderId });
        return reserved;
      }),
    );
    expect(outcomes.every(Boolean)).toBe(true);
  });

  it('takes all lines or none and says what is missing', async () => {
    const [plenty, rare] = [await shop.create({ stock: 10 }), await shop.create({ stock: 1 })];
    const gone = shop.ids.next('prd');
    const orderId = newOrder();
    const lines = [
      { productId: plenty, quantity: 2 },
      { productId: rare, quantity: 2 },
      { productId: gone, quantity: 1 },
    ];
    const answer = await door.reserveStock({ orderId, lines });
    expect(answer).toMatchObject({ reserved: false, reservedUntil: '' });
    expect(answer.shortages).toEqual(
      expect.arrayContaining([
        { productId: rare, requested: 2, available: 1 },
        { productId: gone, requested: 1, available: 0 },
      ]),
    );
    expect(await shop.stockOf(plenty)).toEqual({ free: 10, reserved: 0, sold: 0 });
    await shop.database.query('UPDATE stock SET free = free WHERE product_id = $1', [rare]);
    expect(await door.reserveStock({ orderId, lines })).toEqual(answer);
    expect((await shop.eventsOf(orderId)).map(({ type }) => type)).toEqual(['inventory.rejected.v1']);
  });

  it('is made once, however often and at the same time it is asked for', async () => {
    const id = await shop.create({ stock: 100 });
    const orderId = newOrder();
    const answers = await Promise.all(Array.from({ length: 30 }, () => reserve(orderId, id, 3)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ reserved: true, shortages: [] });
    expect(Date.parse(answers[0]?.reservedUntil ?? '')).toBe(shop.clock.now().getTime() + 900_000);
    expect(await shop.stockOf(id)).toEqual({ free: 97, reserved: 3, sold: 0 });
  });

  it('of a product that was taken out of the catalogue is refused', async () => {
    const id = await shop.create();
    await shop.http.inject({ method: 'DELETE', url: `/products/${id}`, headers: shop.staff });
    expect(await reserve(newOrder(), id)).toMatchObject({ reserved: false, shortages: [{ available: 0 }] });
  });

  it.each([
    ['no lines', (id: string) => ({ orderId: id, lines: [] }), 'lines'],
    [
      'a product twice',
      (id: string, productId: string) => ({ orderId: id, lines: [1, 2].map((quantity) => ({ productId, quantity })) }),
      'lines',
    ],
    [
      'a negative quantity',
      (id: string, productId: string) => ({ orderId: id, lines: [{ productId, quantity: -1 }] }),
      'lines.0.quantity',
    ],
    [
      'a huge quantity',
      (id: string, productId: string) => ({ orderId: id, lines: [{ productId, quantity: 2 ** 31 - 1 }] }),
      'lines.0.quantity',
    ],
    [
      'no product id',
      (id: string) => ({ orderId: id, lines: [{ productId: "'; DROP TABLE stock", quantity: 1 }] }),
      'lines.0.productId',
    ],
    [
      'no order id',
      (_id: string, productId: string) => ({ orderId: 'ord_x', lines: [{ productId, quantity: 1 }] }),
      'orderId',
    ],
  ])('with %s is refused and changes nothing', async (_what, request, path) => {
    const id = await shop.create({ stock: 5 });
    await expect(door.reserveStock(request(newOrder(), id))).rejects.toMatchObject({
      kind: 'invalid',
      errors: [{ path }],
    });
    expect(await shop.stockOf(id)).toEqual({ free: 5, reserved: 0, sold: 0 });
  });
});

describe('a commit', () => {
  it('sells what is reserved, and again says so', async () => {
    const id = await shop.create({ stock: 5 });
    const orderId = newOrder();
    await reserve(orderId, id, 2);
    const answers = await Promise.all(Array.from({ length: 10 }, () => door.commitStock({ orderId })));
    expect(answers.every(({ committed }) => committed)).toBe(true);
    expect(await shop.stockOf(id)).toEqual({ free: 3, reserved: 0, sold: 2 });
    expect(await reserve(orderId, id, 2)).toMatchObject({ reserved: true });
  });

  it.each(['unknown', 'rejected', 'released'])('is refused for an order that is %s', async (state) => {
    const id = await shop.create({ stock: 1 });
    const orderId = newOrder();
    if (state !== 'unknown') await reserve(orderId, id, state === 'rejected' ? 2 : 1);
    if (state === 'released') await door.releaseStock({ orderId, reason: 'cancelled' });
    expect(await door.commitStock({ orderId })).toEqual({ committed: false });
  });
});

describe('a release', () => {
  it('frees what is reserved, once', async () => {
    const id = await shop.create({ stock: 5 });
    const orderId = newOrder();
    await reserve(orderId, id, 4);
    await Promise.all(Array.from({ length: 10 }, () => door.releaseStock({ orderId, reason: 'cancelled' })));
    expect(await shop.stockOf(id)).toEqual({ free: 5, reserved: 0, sold: 0 });
  });

  it('takes sold units back, once, and tells so', async () => {
    const id = await shop.create({ stock: 5 });
    const orderId = newOrder();
    await reserve(orderId, id, 4);
    await door.commitStock({ orderId });
    await door.releaseStock({ orderId, reason: 'refunded' });
    await door.releaseStock({ orderId, reason: 'refunded' });
    expect(await shop.stockOf(id)).toEqual({ free: 5, reserved: 0, sold: 0 });
    const events = await shop.eventsOf(orderId);
    expect(events.map(({ type }) => type)).toEqual([
      'inventory.reserved.v1',
      'inventory.committed.v1',
      'inventory.released.v1',
    ]);
    expect(events.at(-1)?.data).toEqual({ orderId, lines: [{ productId: id, quantity: 4 }], reason: 'returned' });
  });

  it('before the reservation bars it, silently', async () => {
    const id = await shop.create({ stock: 5 });
    const orderId = newOrder();
    await door.releaseStock({ orderId, reason: 'cancelled' });
    expect(await reserve(orderId, id)).toEqual({ reserved: false, sold: false, shortages: [], reservedUntil: '' });
    expect(await shop.stockOf(id)).toEqual({ free: 5, reserved: 0, sold: 0 });
    expect(await shop.eventsOf(orderId)).toEqual([]);
  });

  it('at the same moment as the reservation leaves nothing reserved', async () => {
    const id = await shop.create({ stock: 1000 });
    const orders = Array.from({ length: 50 }, newOrder);
    await Promise.all(
      orders.flatMap((orderId, at) => {
        const both = [() => reserve(orderId, id), () => door.releaseStock({ orderId, reason: 'cancelled' })];
        return (at % 2 ? both : both.reverse()).map((call) => call());
      }),
    );
    expect(await shop.stockOf(id)).toEqual({ free: 1000, reserved: 0, sold: 0 });
  });

  it('at the same moment as the commit ends with all units back', async () => {
    const id = await shop.create({ stock: 1000 });
    const orders = Array.from({ length: 30 }, newOrder);
    await Promise.all(orders.map((orderId) => reserve(orderId, id)));
    await Promise.all(
      orders.flatMap((orderId) => [door.commitStock({ orderId }), door.releaseStock({ orderId, reason: 'x' })]),
    );
    expect(await shop.stockOf(id)).toEqual({ free: 1000, reserved: 0, sold: 0 });
  });
});

describe('the events', () => {
  it('have the form that the contract promises', async () => {
    const id = await shop.create({ stock: 2 });
    const orderId = newOrder();
    await reserve(orderId, id);
    await door.commitStock({ orderId });
    await door.releaseStock({ orderId, reason: 'refunded' });
    await reserve(newOrder(), id, 9);
    const { rows } = await shop.database.query<{ payload: unknown }>('SELECT payload FROM outbox');
    for (const { payload } of rows) expect(inventoryEventSchema.safeParse(payload).error).toBeUndefined();
  });
});
