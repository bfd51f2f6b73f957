import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Order } from '../contracts/http/order-api.ts';
import type { CallExtras } from '../kit/grpc/grpc-client.ts';
import { systemIds } from '../kit/system-ids.ts';
import { eventually } from '../kit/testing/condition.ts';
import { anAddress } from './testing/order-fixtures.ts';
import { type Headers, orderServiceUnderTest } from './testing/order-service-under-test.ts';

const shop = orderServiceUnderTest();
const { newKey, call, bodyFor, post, place, read, reaches } = shop;
const code = (answer: { statusCode: number; json: () => { code: string } }) => [answer.statusCode, answer.json().code];

describe('an order', () => {
  test('is answered with 201 and its place, and is paid by itself', async () => {
    const customer = await shop.service.customer();
    const productId = shop.service.offer({ amount: 1299, stock: 5 });
    const answer = await post(customer, bodyFor({ items: [{ productId, quantity: 2 }] }));
    expect(answer.statusCode).toBe(201);
    const { order } = answer.json();
    expect(answer.headers['location']).toBe(`/orders/${order.id}`);
    expect(order).toMatchObject({ total: { amount: 2598, currency: 'USD' } });
    // By how much was done within the moment for which the answer waits.
    expect(['pending', 'stock-reserved', 'paid']).toContain(order.status);
    await reaches(order.id, 'paid');
    expect(shop.service.stock.shelf.get(productId)?.stock).toBe(3);
    expect(shop.service.till.payments.get(order.id)).toMatchObject({ status: 'captured', captured: 2598 });
  });

  test('of a cart is priced by the catalogue, not by the cart', async () => {
    const guest = shop.service.guest();
    shop.service.carts.set(guest['x-session-id'], [{ productId: shop.service.offer({ amount: 4200 }), quantity: 1 }]);
    const body = bodyFor({ items: undefined, email: 'Guest@Example.com' });
    const answer = await post(guest, body);
    expect(answer.json().order).toMatchObject({ total: { amount: 4200 }, email: 'guest@example.com' });
  });

  test.each([
    ['pelé@münchen.example', { street: '1 Long Road', city: 'Kowloon', country: 'HK' }],
    ['用户@例子.广告', { street: '1 Long Road', zip: '018956', country: 'SG' }],
  ])('of %s is sent to an address as its country has them', async (email, shippingAddress) => {
    const answer = await post(shop.service.guest(), bodyFor({ email, shippingAddress }));
    expect([answer.statusCode, answer.json().order]).toMatchObject([201, { email, shippingAddress }]);
    const { client } = shop.service;
    const guest = { sessionId: systemIds.next('ses') };
    const request = { ...bodyFor({ email, shippingAddress }), idempotencyKey: newKey() };
    expect((await client.placeOrder(request, guest)).order).toMatchObject({ email, shippingAddress });
  });

  test('asked for 50 times at once with one key is one order, and the key names it ever after', async () => {
    const customer = await shop.service.customer();
    const [body, key] = [bodyFor(), newKey()];
    const answers = await Promise.all(Array.from({ length: 50 }, () => post(customer, body, key)));
    const placed = answers.filter(({ statusCode }) => statusCode === 201);
    expect(placed.length).toBeGreaterThan(0);
    expect(new Set(placed.map((answer) => answer.json().order.id)).size).toBe(1);
    for (const answer of answers.filter(({ statusCode }) => statusCode !== 201)) {
      expect(code(answer)).toEqual([409, 'order.in-flight']);
      expect(answer.headers['retry-after']).toBeDefined();
    }
    const { items } = (await call('GET', '/orders', customer)).json();
    expect(items).toHaveLength(1);
    const again = await post(customer, body, key);
    expect([again.statusCode, again.headers['idempotent-replayed'], again.json().order.id]).toEqual([
      201,
      'true',
      items[0].id,
    ]);
    expect(code(await post(customer, bodyFor(), key))).toEqual([422, 'order.key-reused']);
  });

  test('that was refused leaves its key free for a corrected one', async () => {
    const customer = await shop.service.customer();
    const key = newKey();
    const unknown = bodyFor({ items: [{ productId: systemIds.next('prd'), quantity: 1 }] });
    expect(code(await post(customer, unknown, key))).toEqual([422, 'order.product-unknown']);
    expect((await post(customer, bodyFor(), key)).statusCode).toBe(201);
  });

  test.each([
    ['a declined card', { payment: { method: 'card', token: 'tok_declined' } }, 'payment-failed'],
    ['a good card', {}, 'paid'],
  ])('with %s tells its story in its timeline', async (_what, parts, status) => {
    const { id } = await place(await shop.service.customer(), bodyFor(parts));
    await reaches(id, status);
    const { items } = (await call('GET', `/orders/${id}/timeline`, shop.staff)).json();
    expect(items.slice(0, 3)).toMatchObject([
      { sequence: 1, type: 'order.placed.v1', status: 'pending' },
      { sequence: 2, type: 'order.stock-reserved.v1', status: 'stock-reserved' },
      { sequence: 3, type: `order.${status}.v1`, status },
    ]);
  });
});

describe('what is not well-formed is refused', () => {
  const item = (quantity: unknown) => ({ items: [{ productId: systemIds.next('prd'), quantity }] });
  test.each<[string, () => Record<string, unknown>, string]>([
    ['an unknown field', () => ({ price: 1 }), ''],
    ['a quantity of zero', () => item(0), 'items.0.quantity'],
    ['a negative quantity', () => item(-1), 'items.0.quantity'],
    ['a fractional quantity', () => item(1.5), 'items.0.quantity'],
    ['a huge quantity', () => item(1e308), 'items.0.quantity'],
    ['a quantity in words', () => item('1'), 'items.0.quantity'],
    ['no items', () => ({ items: [] }), 'items'],
    ['an unknown country', () => ({ shippingAddress: { ...anAddress, country: 'XX' } }), 'shippingAddress.country'],
    [
      'a card number instead of a token',
      () => ({ payment: { method: 'card', token: '4111111111111111' } }),
      'payment.token',
    ],
    ['a missing payment', () => ({ payment: undefined }), 'payment'],
  ])('%s', async (_what, parts, path) => {
    const answer = await post(await shop.service.customer(), bodyFor(parts()));
    expect(code(answer)).toEqual([400, 'request.invalid']);
    expect(answer.json().errors).toEqual(
      expect.arrayContaining([expect.objectContaining({ path: expect.stringContaining(path) })]),
    );
  });

  test.each([[undefined], ['short'], ['with blanks in it'], ['x'.repeat(201)]])(
    'the Idempotency-Key %s',
    async (key) => {
      const headers = { ...(await shop.service.customer()), ...(key && { 'idempotency-key': key }) };
      expect(code(await call('POST', '/orders', headers, bodyFor()))).toEqual([400, 'request.invalid']);
    },
  );

  test('a guest without an address to write to', async () => {
    expect(code(await post(shop.service.guest()))).toEqual([400, 'order.email-missing']);
  });

  test('an id of another kind', async () => {
    expect(code(await call('GET', `/orders/${systemIds.next('pay')}`, shop.staff))).toEqual([400, 'request.invalid']);
  });

  test('more than there is', async () => {
    const items = [{ productId: shop.service.offer({ stock: 1 }), quantity: 2 }];
    expect(code(await post(await shop.service.customer(), bodyFor({ items })))).toEqual([409, 'order.out-of-stock']);
  });
});

describe('who may do what', () => {
  let id: string;
  let people: Record<string, Headers>;
  beforeAll(async () => {
    const owner = await shop.service.customer();
    people = {
      ...{ nobody: {}, guest: shop.service.guest(), other: await shop.service.customer(), owner, staff: shop.staff },
      forger: { authorization: 'Bearer not-a-token' },
    };
    ({ id } = await place(owner));
    await reaches(id, 'paid');
  });

  const parcel = { carrier: 'UPS', trackingNumber: '1Z' };
  test.each<['GET' | 'POST', string, unknown, Record<string, number>]>([
    ['GET', '', undefined, { nobody: 401, forger: 403, guest: 404, other: 404, owner: 200, staff: 200 }],
    ['GET', '/timeline', undefined, { nobody: 401, forger: 403, guest: 404, other: 404, owner: 200, staff: 200 }],
    ['POST', '/cancel', {}, { nobody: 401, forger: 403, guest: 404, other: 404 }],
    ['POST', '/ship', parcel, { nobody: 401, forger: 403, guest: 401, other: 403, owner: 403 }],
    ['POST', '/deliver', undefined, { nobody: 401, forger: 403, guest: 401, other: 403, owner: 403 }],
    ['POST', '/refund', { reason: 'x' }, { nobody: 401, forger: 403, guest: 401, other: 403, owner: 403 }],
  ])('%s /orders/:id%s', async (method, path, body, expected) => {
    const statuses = await Promise.all(
      Object.keys(expected).map(async (person) => [
        person,
        (await call(method, `/orders/${id}${path}`, people[person] ?? {}, body)).statusCode,
      ]),
    );
    expect(Object.fromEntries(statuses)).toEqual(expected);
    expect((await read(id)).status).toBe('paid');
  });

  test('nobody may place or list orders without a session', async () => {
    expect((await post({})).statusCode).toBe(401);
    expect((await call('GET', '/orders', {})).statusCode).toBe(401);
  });

  test('a guest sees the orders of the session alone', async () => {
    const guest = shop.service.guest();
    const order = await place(guest, bodyFor({ email: 'guest@example.com' }));
    expect((await read(order.id, guest)).id).toBe(order.id);
    expect((await call('GET', `/orders/${order.id}`, shop.service.guest())).statusCode).toBe(404);
  });
});

describe('a list', () => {
  test('shows own orders only, newest first, page by page', async () => {
    const customer = await shop.service.customer();
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.unshift((await place(customer)).id);
    const first = (await call('GET', '/orders?limit=3', customer)).json();
    await place(customer);
    const second = (await call('GET', `/orders?limit=3&cursor=${first.nextCursor}`, customer)).json();
    expect([...first.items, ...second.items].map((order: Order) => order.id)).toEqual(ids);
    expect(second.nextCursor).toBeNull();
    expect(code(await call('GET', '/orders?cursor=nonsense', customer))).toEqual([400, 'request.invalid']);
    expect((await call('GET', '/orders?limit=101', customer)).statusCode).toBe(400);
  });
});

describe('a paid order', () => {
  const paidOrder = async () => {
    const customer = await shop.service.customer();
    const { id } = await place(customer);
    await reaches(id, 'paid');
    const act = (path: string, body?: unknown, headers = shop.staff) =>
      call('POST', `/orders/${id}/${path}`, headers, body);
    return { id, customer, act };
  };

  test('goes to the carrier and to the customer, and cannot be cancelled on its way', async () => {
    const { id, customer, act } = await paidOrder();
    expect(code(await act('deliver'))).toEqual([409, 'order.not-deliverable']);
    const parcel = { carrier: 'UPS', trackingNumber: '1Z' };
    expect((await act('ship', parcel)).json().order).toMatchObject({ status: 'shipped', shipment: parcel });
    expect((await act('ship', parcel)).statusCode).toBe(200);
    expect(code(await act('ship', { ...parcel, carrier: 'DHL' }))).toEqual([409, 'order.not-shippable']);
    expect(code(await act('cancel', {}, customer))).toEqual([409, 'order.not-cancellable']);
    expect((await act('deliver')).json().order.status).toBe('delivered');
    expect((await act('deliver')).statusCode).toBe(200);
    expect((await read(id)).status).toBe('delivered');
  });

  test('can be cancelled without a body, and gives back goods and money', async () => {
    const { id, customer, act } = await paidOrder();
    expect((await act('cancel', undefined, customer)).json().order).toMatchObject({
      status: 'cancelled',
      cancellation: { reason: 'cancelled-by-customer', note: null },
    });
    await eventually(async () => expect((await read(id)).payment.refunded.amount).toBe(1500));
    expect(shop.service.stock.reservations.get(id)?.status).toBe('released');
    expect(code(await act('cancel', {}, customer))).toEqual([409, 'order.not-cancellable']);
    expect(code(await act('refund', { reason: 'late' }))).toEqual([409, 'order.not-refundable']);
  });

  test('keeps what its customer writes about a cancellation apart from the reason', async () => {
    const { id, customer, act } = await paidOrder();
    const cancellation = { reason: 'cancelled-by-customer', note: 'out-of-stock' };
    expect((await act('cancel', { reason: 'out-of-stock' }, customer)).json().order.cancellation).toEqual(cancellation);
    expect((await read(id)).cancellation).toEqual(cancellation);
    const { items } = (await call('GET', `/orders/${id}/timeline`, customer)).json();
    expect(items.find(({ type }: { type: string }) => type === 'order.cancelled.v1').note).toBe('out-of-stock');
  });

  test('is refunded once per key, never beyond what was paid', async () => {
    const { id, act } = await paidOrder();
    const [headers, body] = [
      { ...shop.staff, 'idempotency-key': newKey() },
      { amount: { amount: 500, currency: 'USD' }, reason: 'scratched' },
    ];
    const answers = await Promise.all(Array.from({ length: 5 }, () => act('refund', body, headers)));
    expect(answers.some(({ statusCode }) => statusCode === 200)).toBe(true);
    await eventually(async () => expect((await read(id)).payment.refunded.amount).toBe(500));
    for (const other of [
      { ...body, amount: { amount: 400, currency: 'USD' } },
      { ...body, reason: 'lost' },
      { reason: body.reason },
    ])
      expect(code(await act('refund', other, headers))).toEqual([422, 'order.key-reused']);
    expect((await act('refund', body, headers)).statusCode).toBe(200);
    expect(code(await act('refund', { amount: { amount: 1001, currency: 'USD' }, reason: 'more' }))).toEqual([
      409,
      'order.refund-too-large',
    ]);
    const inEuros = { amount: { amount: 1, currency: 'EUR' }, reason: 'abroad' };
    expect(code(await act('refund', inEuros))).toEqual([422, 'order.refund-currency']);
    for (const amount of [0, -1, 0.5].map((minor) => ({ amount: minor, currency: 'USD' })))
      expect((await act('refund', { amount, reason: 'x' })).statusCode).toBe(400);
    expect((await act('refund', { amount: 500, reason: 'a bare number' })).statusCode).toBe(400);
    expect((await act('refund', { reason: 'the rest' })).statusCode).toBe(200);
    await reaches(id, 'refunded');
    expect(shop.service.till.payments.get(id)).toMatchObject({ captured: 1500, refunded: 1500 });
  });
});

describe('the gRPC door', () => {
  test('places, watches and shows an order for the person whose token is forwarded', async () => {
    const customer = await shop.service.customer();
    const extras = { authorization: customer.authorization };
    const { order } = await shop.service.client.placeOrder(
      {
        idempotencyKey: newKey(),
        shippingAddress: anAddress,
        payment: { method: 'card', token: 'tok_visa' },
        items: [{ productId: shop.service.offer(), quantity: 1 }],
      },
      extras,
    );
    const seen: string[] = [];
    for await (const { order: now } of shop.service.client.watchOrder({ id: order?.id ?? '' }, extras))
      seen.push(now?.status ?? '');
    expect(seen.at(-1)).toBe('paid');
    const { items } = await shop.service.client.listOrders({ limit: 5 }, extras);
    expect(items.map(({ id }) => id)).toEqual([order?.id]);
    const other = await shop.service.customer();
    await expect(
      shop.service.client.getOrder({ id: order?.id ?? '' }, { authorization: other.authorization }),
    ).rejects.toMatchObject({ kind: 'missing', code: 'order.unknown' });
    await expect(shop.service.client.getOrder({ id: order?.id ?? '' })).rejects.toMatchObject({
      kind: 'unauthenticated',
    });
  });

  test('tells a repeated request from a first one', async () => {
    const { authorization } = await shop.service.customer();
    const request = {
      idempotencyKey: newKey(),
      shippingAddress: anAddress,
      payment: { method: 'card', token: 'tok_visa' },
      items: [{ productId: shop.service.offer(), quantity: 1 }],
    };
    const first = await shop.service.client.placeOrder(request, { authorization });
    expect(first).toMatchObject({ location: `/orders/${first.order?.id}`, idempotentReplayed: undefined });
    const again = await shop.service.client.placeOrder(request, { authorization });
    expect([again.order?.id, again.idempotentReplayed]).toEqual([first.order?.id, 'true']);
  });

  test('lets in whom the HTTP door lets in', async () => {
    const id = systemIds.next('ord');
    const { client } = shop.service;
    const calls = {
      ship: (who: CallExtras) => client.shipOrder({ id, carrier: 'UPS', trackingNumber: '1Z' }, who),
      deliver: (who: CallExtras) => client.deliverOrder({ id }, who),
      refund: (who: CallExtras) => client.refundOrder({ id, reason: 'x' }, who),
    };
    const { authorization } = await shop.service.customer();
    for (const call of Object.values(calls)) {
      await expect(call({})).rejects.toMatchObject({ code: 'token.missing' });
      await expect(call({ sessionId: systemIds.next('ses') })).rejects.toMatchObject({ code: 'token.missing' });
      await expect(call({ authorization })).rejects.toMatchObject({ code: 'caller.not-staff' });
    }
    for (const call of [() => client.listOrders({ limit: 5 }), () => client.cancelOrder({ id })])
      await expect(call()).rejects.toMatchObject({ code: 'token.missing' });
  });

  test('refuses a reason that cannot be stored', async () => {
    const cancelled = shop.service.client.cancelOrder(
      { id: systemIds.next('ord'), reason: 'a\0b' },
      { authorization: (await shop.service.customer()).authorization },
    );
    await expect(cancelled).rejects.toMatchObject({ code: 'request.invalid', errors: [{ path: 'reason' }] });
  });

  test('checks requests as the HTTP door does', async () => {
    const { authorization } = await shop.service.customer();
    const request = {
      idempotencyKey: 'short',
      shippingAddress: anAddress,
      payment: { method: 'cash', token: 'tok_visa' },
      items: [],
    };
    await expect(shop.service.client.placeOrder(request, { authorization })).rejects.toMatchObject({
      kind: 'invalid',
      code: 'request.invalid',
      errors: expect.arrayContaining([
        expect.objectContaining({ path: 'idempotency-key' }),
        expect.objectContaining({ path: 'payment.method' }),
      ]),
    });
  });
});

test('every critical function is registered', () => {
  expect(shop.service.context.functions.missing()).toEqual([]);
});
