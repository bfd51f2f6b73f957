import { expect, test } from '@jest/globals';
import { type Headers, orderServiceUnderTest } from '../testing/order-service-under-test.ts';

const shop = orderServiceUnderTest();
const { call } = shop;

/** The account that a token is of. */
const accountOf = ({ authorization = '' }: Headers): string =>
  JSON.parse(Buffer.from(authorization.split('.')[1] ?? '', 'base64url').toString()).sub;

/** Who is written beside each step of an order's history. */
const actors = async (orderId: string) => {
  const { rows } = await shop.service.store.database.query<{ type: string; by: string | null }>(
    "SELECT type, data->>'by' AS by FROM order_events WHERE order_id = $1 ORDER BY sequence",
    [orderId],
  );
  return Object.fromEntries(rows.map(({ type, by }) => [type, by]));
};

test('who ships, delivers and refunds an order stands in its history, and nobody beside what the shop does by itself (L11)', async () => {
  const [customer, staff] = [await shop.service.customer(), await shop.service.staff()];
  const { id, total } = await shop.place(customer);
  await shop.reaches(id, 'paid');
  const act = async (act: string, body?: object, headers: Headers = {}) =>
    expect((await call('POST', `/orders/${id}/${act}`, { ...staff, ...headers }, body)).statusCode).toBe(200);
  await act('ship', { carrier: 'UPS', trackingNumber: '1Z' });
  await act('deliver');
  await act('refund', { amount: { ...total, amount: 100 }, reason: 'a scratch' }, { 'idempotency-key': shop.newKey() });
  const by = accountOf(staff);
  const history = await actors(id);
  expect(history).toMatchObject({ 'order.shipped.v1': by, 'order.delivered.v1': by });
  expect(Object.entries(history).filter(([type]) => /refund-?requested/.test(type))).toEqual([
    [expect.any(String), by],
  ]);
  expect([history['order.stock-reserved.v1'], history['order.paid.v1']]).toEqual([null, null]);
});

test.each([
  ['a customer', () => shop.service.customer(), accountOf],
  ['a guest', async () => shop.service.guest(), (headers: Headers) => headers['x-session-id']],
])('%s who cancels an order stands in its history (L11)', async (_who, someone, nameOf) => {
  const headers: Headers = await someone();
  const { id } = await shop.place(headers, shop.bodyFor({ email: 'buyer@example.com' }));
  await shop.reaches(id, 'paid');
  expect((await call('POST', `/orders/${id}/cancel`, headers, { reason: 'found it at home' })).statusCode).toBe(200);
  expect((await actors(id))['order.cancelled.v1']).toBe(nameOf(headers));
});
