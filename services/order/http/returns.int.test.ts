import { describe, expect, test } from '@jest/globals';
import { systemIds } from '../../kit/system-ids.ts';
import { eventually } from '../../kit/testing/condition.ts';
import { type Headers, orderServiceUnderTest } from '../testing/order-service-under-test.ts';

const shop = orderServiceUnderTest();
const { call, newKey, read, reaches } = shop;

/** Three units at 15.00, delivered. */
const delivered = async () => {
  const customer = await shop.service.customer();
  const productId = shop.service.offer();
  const { id } = await shop.place(customer, shop.bodyFor({ items: [{ productId, quantity: 3 }] }));
  await reaches(id, 'paid');
  await call('POST', `/orders/${id}/ship`, shop.staff, { carrier: 'UPS', trackingNumber: '1Z' });
  await call('POST', `/orders/${id}/deliver`, shop.staff);
  return { id, productId, customer };
};
const bodyOf = (productId: string, quantity: number, parts: object = {}) => ({
  items: [{ productId, quantity, restock: true }],
  reason: 'too small',
  ...parts,
});
const giveBack = (id: string, body: unknown, headers: Headers = {}) =>
  call('POST', `/orders/${id}/returns`, { ...shop.staff, ...headers }, body);
const onShelf = (productId: string) => shop.service.stock.shelf.get(productId)?.stock;
const codeOf = (answer: { statusCode: number; json(): { code?: string } }) => [answer.statusCode, answer.json().code];

describe('a return of some units', () => {
  test('gives back their price, puts them on the shelf and stands in order and timeline', async () => {
    const { id, productId, customer } = await delivered();
    const before = onShelf(productId) as number;
    const answer = await giveBack(id, bodyOf(productId, 2));
    expect(answer.statusCode).toBe(200);
    await eventually(async () => {
      expect((await read(id)).payment.refunded).toEqual({ amount: 3000, currency: 'USD' });
      expect(onShelf(productId)).toBe(before + 2);
    });
    const order = await read(id, customer);
    expect(order).toMatchObject({
      status: 'delivered',
      returns: [{ items: [{ productId, quantity: 2, restock: true }], reason: 'too small' }],
    });
    const timeline = async () =>
      (await call('GET', `/orders/${id}/timeline`, customer))
        .json()
        .items.map(({ type, note }: { type: string; note: string | null }) => [type, note]);
    await eventually(async () =>
      expect((await timeline()).slice(-4)).toEqual([
        ['order.items-returned.v1', 'too small'],
        ['order.refund-requested.v1', 'too small'],
        ['order.refunded.v1', null],
        ['order.restocked.v1', null],
      ]),
    );
  });

  test('is made once per key, by five requests at once, and refused with another body', async () => {
    const { id, productId } = await delivered();
    const before = onShelf(productId) as number;
    const key = { 'idempotency-key': newKey() };
    const answers = await Promise.all(Array.from({ length: 5 }, () => giveBack(id, bodyOf(productId, 1), key)));
    expect(answers.some(({ statusCode }) => statusCode === 200)).toBe(true);
    expect(codeOf(await giveBack(id, bodyOf(productId, 2), key))).toEqual([422, 'order.key-reused']);
    expect((await giveBack(id, bodyOf(productId, 1), key)).statusCode).toBe(200);
    await eventually(async () => expect(onShelf(productId)).toBe(before + 1));
    expect((await read(id)).returns).toHaveLength(1);
    expect((await read(id)).payment.refunded.amount).toBe(1500);
  });

  test('without a key is another return each time, until all units are back', async () => {
    const { id, productId } = await delivered();
    for (const quantity of [1, 2]) expect((await giveBack(id, bodyOf(productId, quantity))).statusCode).toBe(200);
    await reaches(id, 'refunded');
    const answer = await giveBack(id, bodyOf(productId, 1, { amount: { amount: 0, currency: 'USD' } }));
    expect(codeOf(answer)).toEqual([409, 'order.return-too-large']);
    expect(answer.json().errors).toEqual([{ path: 'items.0.quantity', message: 'must be at most 0' }]);
  });

  test.each<[string, (productId: string) => unknown, number, string]>([
    ['of a product that was not bought', () => bodyOf(systemIds.next('prd'), 1), 422, 'order.line-unknown'],
    ['of more units than were bought', (id) => bodyOf(id, 4), 409, 'order.return-too-large'],
    [
      'for more than they cost',
      (id) => bodyOf(id, 1, { amount: { amount: 1501, currency: 'USD' } }),
      409,
      'order.refund-too-large',
    ],
    [
      'in another currency',
      (id) => bodyOf(id, 1, { amount: { amount: 1, currency: 'EUR' } }),
      422,
      'order.refund-currency',
    ],
    ['of nothing', () => ({ items: [], reason: 'x' }), 400, 'request.invalid'],
    ['of no unit', (id) => bodyOf(id, 0), 400, 'request.invalid'],
    ['of half a unit', (id) => bodyOf(id, 0.5), 400, 'request.invalid'],
    ['without a reason', (id) => bodyOf(id, 1, { reason: ' ' }), 400, 'request.invalid'],
    [
      'that does not say where the units go',
      (id) => ({ items: [{ productId: id, quantity: 1 }], reason: 'x' }),
      400,
      'request.invalid',
    ],
    [
      'that names a product twice',
      (id) => ({ ...bodyOf(id, 1), items: [...bodyOf(id, 1).items, ...bodyOf(id, 1).items] }),
      400,
      'request.invalid',
    ],
  ])('%s is refused and changes nothing', async (_what, body, status, code) => {
    const { id, productId } = await delivered();
    const { version: _version, ...before } = { version: 0, ...(await read(id)) };
    expect(codeOf(await giveBack(id, body(productId)))).toEqual([status, code]);
    expect(await read(id)).toEqual(before);
  });

  test('of an order that is not paid, or was cancelled, is refused', async () => {
    const customer = await shop.service.customer();
    const productId = shop.service.offer();
    const { id } = await shop.place(customer, shop.bodyFor({ items: [{ productId, quantity: 1 }] }));
    await reaches(id, 'paid');
    await call('POST', `/orders/${id}/cancel`, customer);
    expect(codeOf(await giveBack(id, bodyOf(productId, 1)))).toEqual([409, 'order.not-returnable']);
  });

  test('is for staff alone, who stand in the history', async () => {
    const { id, productId, customer } = await delivered();
    const body = bodyOf(productId, 1);
    const as = async (headers: Headers) => (await call('POST', `/orders/${id}/returns`, headers, body)).statusCode;
    expect([await as({}), await as(customer), await as(shop.service.guest())]).toEqual([401, 403, 401]);
    expect((await giveBack(id, body)).statusCode).toBe(200);
    const { rows } = await shop.service.store.database.query<{ by: string | null }>(
      "SELECT data->>'by' AS by FROM order_events WHERE order_id = $1 AND type = 'order.items-returned.v1'",
      [id],
    );
    expect(rows).toEqual([{ by: expect.stringMatching(/^usr_/) }]);
  });

  test('is the same over gRPC', async () => {
    const { id, productId } = await delivered();
    const { authorization = '' } = shop.staff;
    const { order } = await shop.service.client.returnItems(
      { id, items: [{ productId, quantity: 1, restock: false }], reason: 'torn' },
      { authorization },
    );
    expect(order?.returns).toMatchObject([{ items: [{ productId, quantity: 1, restock: false }], reason: 'torn' }]);
  });
});
