import { describe, expect, test } from '@jest/globals';
import type { Order } from '../../contracts/http/order-api.ts';
import { type Headers, orderServiceUnderTest } from '../testing/order-service-under-test.ts';
import { cartVersion } from '../testing/running-order-service.ts';

const shop = orderServiceUnderTest();
const usd = (amount: number) => ({ amount, currency: 'USD' });
/** Buys the cart of whoever asks. */
const buyCart = (headers: Headers, parts: Record<string, unknown> = {}) =>
  shop.post(headers, shop.bodyFor({ items: undefined, email: 'guest@example.com', ...parts }));
const problem = (answer: { statusCode: number; json: () => { code: string } }) => [
  answer.statusCode,
  answer.json().code,
];
/** A guest whose cart holds one unit of a product that costs 1500. */
const guestWithCart = () => {
  const guest = shop.service.guest();
  const productId = shop.service.offer();
  const items = [{ productId, quantity: 1 }];
  shop.service.carts.set(guest['x-session-id'], items);
  return { guest, productId, items };
};
const setPrice = (productId: string, price: { amount: number; currency: string }) => {
  const product = shop.service.stock.shelf.get(productId);
  if (product) shop.service.stock.shelf.set(productId, { ...product, price });
};

describe('a cart', () => {
  test('is bought once by two tabs that order one right after the other, each under a key of its own', async () => {
    const { guest } = guestWithCart();
    const first = await buyCart(guest);
    const second = await buyCart(guest);
    expect(first.statusCode).toBe(201);
    expect(problem(second)).toEqual([409, 'order.cart-ordered']);
    expect(second.json().detail).toContain(first.json().order.id);
    expect(second.headers['retry-after']).toBe('1');
  });

  test('is bought once by ten tabs at the same moment', async () => {
    const { guest } = guestWithCart();
    const answers = await Promise.all(Array.from({ length: 10 }, () => buyCart(guest)));
    expect(answers.filter(({ statusCode }) => statusCode === 201)).toHaveLength(1);
    // 503 where a crowded machine lets a neighbour answer late.
    for (const { statusCode } of answers) expect([201, 409, 503]).toContain(statusCode);
    expect((await shop.call('GET', '/orders', guest)).json().items).toHaveLength(1);
  });

  test('is bought once by a guest and by the account that he signs in to meanwhile', async () => {
    const { guest, items } = guestWithCart();
    const customer = await shop.service.customer();
    shop.service.carts.set(customer.authorization, items);
    const answers = [await buyCart(guest), await buyCart({ ...customer, ...guest })];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([201, 409]);
  });

  test('can be bought again once it has heard of the order before, and by others at any time', async () => {
    const { guest } = guestWithCart();
    const { order } = (await buyCart(guest)).json() as { order: Order };
    expect((await buyCart(guestWithCart().guest)).statusCode).toBe(201);
    shop.service.cartHeardOf.add(order.id);
    expect((await buyCart(guest)).statusCode).toBe(201);
  });

  test('is not bought when it holds something else than the buyer saw, and says what was seen and what is there', async () => {
    const { guest, items } = guestWithCart();
    const [seen, others] = [cartVersion(items), [...items, { productId: shop.service.offer(), quantity: 2 }]];
    shop.service.carts.set(guest['x-session-id'], others);
    const answer = await buyCart(guest, { cartVersion: seen });
    expect(problem(answer)).toEqual([409, 'order.cart-changed']);
    expect(answer.json()).toMatchObject({ expected: seen, actual: cartVersion(others) });
    expect((await buyCart(guest, { cartVersion: cartVersion(others) })).statusCode).toBe(201);
  });

  test('is not named beside items, which are bought instead of it', async () => {
    const body = shop.bodyFor({ cartVersion: cartVersion([]) });
    const answer = await shop.post(await shop.service.customer(), body);
    expect(problem(answer)).toEqual([400, 'request.invalid']);
    expect(answer.json().errors).toEqual([expect.objectContaining({ path: 'cartVersion' })]);
  });
});

describe('a total', () => {
  test.each([
    ['another amount', usd(4999)],
    ['another currency', { amount: 1500, currency: 'EUR' }],
    ['less', usd(1)],
  ])(
    'that became %s since the buyer saw it is refused with both, and paid once the buyer agrees',
    async (_what, price) => {
      const { guest, productId } = guestWithCart();
      setPrice(productId, price);
      const answer = await buyCart(guest, { expectedTotal: usd(1500) });
      expect(problem(answer)).toEqual([409, 'order.total-changed']);
      expect(answer.json()).toMatchObject({ expected: usd(1500), actual: price });
      const agreed = await buyCart(guest, { expectedTotal: price });
      expect([agreed.statusCode, agreed.json().order.total]).toEqual([201, price]);
    },
  );

  test('that changed makes the cart ask the catalogue, so that the buyer finds the new price there', async () => {
    const { guest, productId } = guestWithCart();
    setPrice(productId, usd(4999));
    const before = shop.service.cartRequests.length;
    await buyCart(guest, { expectedTotal: usd(1500) });
    expect(shop.service.cartRequests.slice(before)).toEqual(['/cart', '/cart?prices=now']);
  });

  test('is agreed to for items too, and over gRPC as over HTTP', async () => {
    const customer = await shop.service.customer();
    const [body, expectedTotal] = [shop.bodyFor(), usd(1)];
    expect(problem(await shop.post(customer, { ...body, expectedTotal }))).toEqual([409, 'order.total-changed']);
    const request = { ...body, idempotencyKey: shop.newKey(), expectedTotal };
    await expect(
      shop.service.client.placeOrder(request, { authorization: customer.authorization }),
    ).rejects.toMatchObject({
      code: 'order.total-changed',
      difference: { expected: expectedTotal, actual: usd(1500) },
    });
    expect((await shop.post(customer, { ...body, expectedTotal: usd(1500) })).statusCode).toBe(201);
  });

  test('that was refused leaves the key free for the order that the buyer agrees to', async () => {
    const [customer, key, body] = [await shop.service.customer(), shop.newKey(), shop.bodyFor()];
    await shop.post(customer, { ...body, expectedTotal: usd(1) }, key);
    expect((await shop.post(customer, { ...body, expectedTotal: usd(1500) }, key)).statusCode).toBe(201);
  });
});
