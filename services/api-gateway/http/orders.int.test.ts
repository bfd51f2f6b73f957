import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Order, orderAnswer, orderPage, timelineAnswer } from '../../contracts/http/order-api.ts';
import { problemSchema } from '../../contracts/http/problem.ts';
import { knownProduct } from '../testing/http-peer.ts';
import { type RunningGateway, startGateway } from '../testing/running-gateway.ts';

let gateway: RunningGateway;
let customer: Record<string, string>;
let staff: Record<string, string>;
beforeAll(async () => {
  gateway = await startGateway();
  customer = (await gateway.users.signIn()).headers;
  staff = (await gateway.users.signIn(['customer', 'staff'])).headers;
});
afterAll(() => gateway.stop());

const address = {
  name: 'Ada',
  street: 'Main Street 1',
  line2: 'c/o Babbage',
  city: 'Springfield',
  state: 'OR',
  zip: '97477',
  country: 'US',
};
const body = {
  shippingAddress: address,
  payment: { method: 'card', token: 'tok_visa' },
  items: [{ productId: knownProduct, quantity: 2 }],
};
const send = (method: 'GET' | 'POST', path: string, headers: Record<string, string>, payload?: unknown) =>
  gateway.http.inject({
    method,
    url: `/api/v1${path}`,
    headers,
    ...(payload !== undefined && { payload: payload as object }),
  });
const place = (headers: Record<string, string>, payload: unknown = body) =>
  send('POST', '/orders', { 'idempotency-key': 'key-of-a-test', ...headers }, payload);
const placed = async (headers: Record<string, string>): Promise<Order> =>
  orderAnswer.parse((await place(headers)).json()).order;
const lastRequest = (method: string) => gateway.orders.requests.findLast((request) => request.method === method);
const codeOf = (answer: { statusCode: number; json(): unknown }) => [
  answer.statusCode,
  problemSchema.parse(answer.json()).code,
];

describe('orders through the gateway', () => {
  it('are placed with everything that was sent, and answered in the contract, nulls included', async () => {
    const answer = await place({ ...customer, 'idempotency-key': 'my-own-key' });
    expect(answer.statusCode).toBe(201);
    const { order } = orderAnswer.parse(answer.json());
    expect(answer.headers.location).toBe(`/api/v1/orders/${order.id}`);
    expect(order).toMatchObject({
      shippingAddress: address,
      shipment: null,
      cancellation: null,
      payment: { paymentId: null, failure: null },
    });
    expect(lastRequest('placeOrder')?.request).toMatchObject({
      idempotencyKey: 'my-own-key',
      payment: { method: 'card', token: 'tok_visa' },
      items: body.items,
      shippingAddress: address,
    });
  });

  it('carry a short address without inventing its other lines', async () => {
    const { name: _name, line2: _line2, state: _state, ...short } = address;
    const { order } = orderAnswer.parse((await place(customer, { ...body, shippingAddress: short })).json());
    expect(order.shippingAddress).toEqual(short);
  });

  it('buy the cart when no items are sent', async () => {
    const { items: _items, ...rest } = body;
    expect((await place(customer, rest)).statusCode).toBe(201);
    expect(lastRequest('placeOrder')?.request).toMatchObject({ items: [] });
  });

  it('show every state of payment, shipment and cancellation', async () => {
    const { id } = await placed(customer);
    const payment = {
      method: 'card',
      paymentId: 'pay_01jf0000000000000000000001',
      captured: { amount: 500, currency: 'EUR' },
      refunded: { amount: 100, currency: 'EUR' },
    };
    gateway.orders.move(id, { status: 'paid', payment });
    const shipped = await send('POST', `/orders/${id}/ship`, staff, { carrier: 'DHL', trackingNumber: '42' });
    expect(orderAnswer.parse(shipped.json()).order).toMatchObject({
      status: 'shipped',
      shipment: { carrier: 'DHL', trackingNumber: '42' },
      payment: { ...payment, failure: null },
    });
    expect((await send('POST', `/orders/${id}/deliver`, staff)).json().order.status).toBe('delivered');
    expect(
      codeOf(await send('POST', `/orders/${id}/ship`, customer, { carrier: 'DHL', trackingNumber: '42' })),
    ).toEqual([403, 'caller.not-staff']);
  });

  it('are listed, read and told in time by their owner alone', async () => {
    const guest = await gateway.guest();
    const { id } = await placed(guest);
    expect(orderPage.parse((await send('GET', '/orders?limit=5', guest)).json())).toMatchObject({
      items: [{ id }],
      nextCursor: null,
    });
    expect(orderAnswer.parse((await send('GET', `/orders/${id}`, guest)).json()).order.id).toBe(id);
    expect(timelineAnswer.parse((await send('GET', `/orders/${id}/timeline`, guest)).json()).items[0]?.note).toBeNull();
    for (const stranger of [customer, await gateway.guest()])
      for (const path of ['', '/timeline', '/events'])
        expect(codeOf(await send('GET', `/orders/${id}${path}`, stranger))).toEqual([404, 'order.unknown']);
    expect(codeOf(await send('POST', `/orders/${id}/cancel`, customer, {}))).toEqual([404, 'order.unknown']);
    expect((await send('GET', `/orders/${id}`, staff)).statusCode).toBe(200);
  });

  it('are cancelled with or without a reason, and not once they are on their way', async () => {
    const first = await placed(customer);
    expect((await send('POST', `/orders/${first.id}/cancel`, customer)).json().order.status).toBe('cancelled');
    const second = await placed(customer);
    const reason = { reason: 'too slow' };
    expect((await send('POST', `/orders/${second.id}/cancel`, customer, reason)).json().order.cancellation).toEqual({
      reason: 'cancelled-by-customer',
      note: 'too slow',
    });
    const third = await placed(customer);
    gateway.orders.move(third.id, { status: 'shipped', shipment: { carrier: 'DHL', trackingNumber: '1' } });
    expect(codeOf(await send('POST', `/orders/${third.id}/cancel`, customer, {}))).toEqual([
      409,
      'order.not-cancellable',
    ]);
  });

  it('say when an earlier request with the same key placed them', async () => {
    const headers = { ...customer, 'idempotency-key': 'asked-twice' };
    const first = await place(headers);
    expect(first.headers).not.toHaveProperty('idempotent-replayed');
    const again = await place(headers);
    expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true', location: first.headers.location });
    expect([again.statusCode, again.json()]).toEqual([201, first.json()]);
  });

  it('are refunded in money, under the key that was sent or none', async () => {
    const { id } = await placed(customer);
    const refund = (headers: object, amount: unknown = { amount: 100, currency: 'EUR' }) =>
      send('POST', `/orders/${id}/refund`, { ...staff, ...headers }, { amount, reason: 'broken' });
    await refund({ 'idempotency-key': 'refund-key-1' });
    const request = { id, amount: { amount: 100, currency: 'EUR' }, reason: 'broken' };
    expect(lastRequest('refundOrder')?.request).toEqual({ ...request, idempotencyKey: 'refund-key-1' });
    await refund({});
    expect(lastRequest('refundOrder')?.request).toEqual({ ...request, idempotencyKey: undefined });
    expect(codeOf(await refund({}, 100))).toEqual([400, 'request.invalid']);
  });

  it('of a customer carry nothing of a guest session that the browser still has: log-in took it over', async () => {
    await placed({ ...customer, ...(await gateway.guest()) });
    expect(lastRequest('placeOrder')?.caller).toMatchObject({ kind: 'customer' });
    expect(lastRequest('placeOrder')?.caller).not.toHaveProperty('guestSessionId');
  });
});

describe('an order that cannot be meant', () => {
  const line = { productId: knownProduct, quantity: 1 };
  it.each([
    ['without a key', body, {}, 'idempotency-key'],
    ['with a short key', body, { 'idempotency-key': 'short' }, 'idempotency-key'],
    ['with a price', { ...body, total: 1 }, undefined, 'total'],
    ['with a negative quantity', { ...body, items: [{ ...line, quantity: -1 }] }, undefined, 'items.0.quantity'],
    ['with a fraction', { ...body, items: [{ ...line, quantity: 1.5 }] }, undefined, 'items.0.quantity'],
    ['with a huge quantity', { ...body, items: [{ ...line, quantity: 1e15 }] }, undefined, 'items.0.quantity'],
    ['with a quantity in words', { ...body, items: [{ ...line, quantity: '2' }] }, undefined, 'items.0.quantity'],
    [
      'with a foreign product id',
      { ...body, items: [{ ...line, productId: 'ord_x' }] },
      undefined,
      'items.0.productId',
    ],
    ['with the same product twice', { ...body, items: [line, line] }, undefined, 'items'],
    ['with no items in the list', { ...body, items: [] }, undefined, 'items'],
    [
      'to a country that does not exist',
      { ...body, shippingAddress: { ...address, country: 'XX' } },
      undefined,
      'shippingAddress.country',
    ],
    [
      'with a card number',
      { ...body, payment: { method: 'card', token: '4111111111111111' } },
      undefined,
      'payment.token',
    ],
  ])('%s is refused with the path of the field and reaches nobody', async (_title, payload, headers, path) => {
    const before = gateway.orders.requests.length;
    const answer = headers
      ? await send('POST', '/orders', { ...customer, ...headers }, payload)
      : await place(customer, payload);
    expect(codeOf(answer)).toEqual([400, 'request.invalid']);
    expect(problemSchema.parse(answer.json()).errors?.map((error) => error.path)).toContain(path);
    expect(gateway.orders.requests.length).toBe(before);
  });

  it.each([
    '/orders/ord_1',
    '/orders/1',
    '/orders/usr_01jf0000000000000000000001',
    '/orders?limit=0',
    '/orders?limit=101',
    '/orders?status=lost',
    '/orders?foo=1',
  ])('at %s is refused', async (path) => {
    expect(codeOf(await send('GET', path, customer))).toEqual([400, 'request.invalid']);
  });
});

describe('an order of a visitor without a session', () => {
  const ask = (cookies: Record<string, string> = {}) =>
    gateway.http.inject({
      method: 'POST',
      url: '/api/v1/orders',
      headers: { 'idempotency-key': 'key-of-a-visitor' },
      cookies,
      payload: { ...body, email: 'guest@example.com' },
    });

  it('is placed once the visitor shows the session that the first answer begins', async () => {
    const before = gateway.orders.requests.length;
    const first = await ask();
    expect(codeOf(first)).toEqual([401, 'session.begun']);
    expect(gateway.orders.requests.length).toBe(before);
    const [cookie] = first.cookies as { name: string; value: string }[];
    const session = { [cookie?.name ?? '']: cookie?.value ?? '' };
    const answers = [await ask(session), await ask(session)];
    expect(answers.map(({ statusCode, headers }) => [statusCode, headers['idempotent-replayed']])).toEqual([
      [201, undefined],
      [201, 'true'],
    ]);
    const { order } = orderAnswer.parse(answers[0]?.json());
    const read = await gateway.http.inject({ url: `/api/v1/orders/${order.id}`, cookies: session });
    expect(read.statusCode).toBe(200);
  });

  it('begins no session beside an invalid token, and reading orders begins none', async () => {
    const forged = await place({ authorization: 'Bearer x.y.z' });
    expect([...codeOf(forged), forged.cookies]).toEqual([403, 'token.invalid', []]);
    const list = await send('GET', '/orders', {});
    expect([...codeOf(list), list.cookies]).toEqual([401, 'token.missing', []]);
  });
});
