/** The typed client of the contracts at the real gateway. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { askJson, type CallOptions } from '../../contracts/http/ask.ts';
import { createShopClient, type ShopClient } from '../../contracts/http/client.ts';
import { eventually } from '../../kit/testing/condition.ts';
import { closedPort, hangUp, listen } from '../../kit/testing/loopback.ts';
import { knownProduct } from '../testing/http-peer.ts';
import { type RunningGateway, startGateway } from '../testing/running-gateway.ts';

let gateway: RunningGateway;
let shop: ShopClient;
let baseUrl: string;
let buyer: CallOptions;
beforeAll(async () => {
  gateway = await startGateway();
  baseUrl = await gateway.http.listen({ host: '127.0.0.1', port: 0 });
  shop = createShopClient({ baseUrl });
  buyer = { headers: (await gateway.users.signIn()).headers };
});
afterAll(() => gateway.stop());

const address = { street: 'Main Street 1', city: 'Springfield', zip: '97477', country: 'US' };
const orderOf = (key: string) => ({
  headers: { 'idempotency-key': key },
  body: {
    shippingAddress: address,
    payment: { method: 'card' as const, token: 'tok_visa' },
    items: [{ productId: knownProduct, quantity: 1 }],
  },
});

describe('a door', () => {
  it('is asked with its path, query, headers and body, and answers with body and promised headers', async () => {
    const placed = await shop.orders.place(orderOf('first-order'), buyer);
    const { order } = placed.body;
    expect(placed.headers).toEqual({ location: `/api/v1/orders/${order.id}` });
    expect((await shop.orders.place(orderOf('first-order'), buyer)).headers).toMatchObject({
      'idempotent-replayed': 'true',
    });
    expect((await shop.orders.find({ params: { id: order.id } }, buyer)).order.status).toBe('pending');
    expect((await shop.orders.list({ query: { limit: 1, status: 'pending' } }, buyer)).items).toHaveLength(1);
    expect(gateway.orders.requests.findLast(({ method }) => method === 'listOrders')?.request).toMatchObject({
      limit: 1,
      status: 'pending',
    });
  });

  it('beside the API answers below no prefix', async () => {
    expect((await shop.site.config()).environment).toBe('staging');
    expect((await shop.keys.keys()).body.keys).toBeInstanceOf(Array);
  });

  it('that says no throws the problem with its code, its fields and what it wants to come again', async () => {
    const refused = shop.orders.list({ query: { limit: 5, cursor: 'x'.repeat(201) } }, buyer);
    await expect(refused).rejects.toMatchObject({
      name: 'ApiProblem',
      status: 400,
      code: 'request.invalid',
      problem: { errors: [{ path: expect.stringContaining('cursor') }], traceId: expect.any(String) },
      message: expect.stringMatching(/^GET http:.*\/api\/v1\/orders\?limit=5.* answered 400 request\.invalid: /),
    });
    await expect(shop.accounts.profile()).rejects.toMatchObject({ status: 401, code: 'token.missing' });
  });

  it('is asked once more by a visitor who was given a session with the refusal, under the cookie that browsers keep', async () => {
    let cookie = '';
    const browser = createShopClient({
      baseUrl,
      fetch: async (url, request) => {
        const answer = await fetch(url, { ...request, headers: { ...request.headers, ...(cookie && { cookie }) } });
        cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? cookie;
        return answer;
      },
    });
    const order = orderOf('visitors-order');
    const placed = await browser.orders.place({ ...order, body: { ...order.body, email: 'guest@example.com' } });
    expect(placed.body.order.email).toBe('guest@example.com');
    await expect(shop.orders.place(order)).rejects.toMatchObject({ status: 401, code: 'session.begun' });
  });
});

describe('the events of a door', () => {
  it('are told until the last one, also from one that was seen', async () => {
    const { order } = (await shop.orders.place(orderOf('watched-order'), buyer)).body;
    const params = { id: order.id };
    const told: [number, string][] = [];
    for await (const { id, data } of shop.orders.watch({ params }, buyer)) {
      told.push([id, data.order.status]);
      if (id < 3) gateway.orders.move(order.id, { status: id === 1 ? 'stock-reserved' : 'paid' });
    }
    expect(told).toEqual([
      [1, 'pending'],
      [2, 'stock-reserved'],
      [3, 'paid'],
    ]);
    const again: number[] = [];
    for await (const { id } of shop.orders.watch({ params }, { ...buyer, after: 2 })) again.push(id);
    for await (const { id } of shop.orders.watch({ params }, { ...buyer, after: 3 })) again.push(id);
    expect(again).toEqual([3]);
  });

  it('end at the gateway when nobody listens any more', async () => {
    const { order } = (await shop.orders.place(orderOf('left-order'), buyer)).body;
    for await (const { id } of shop.orders.watch({ params: { id: order.id } }, buyer)) {
      expect([id, gateway.orders.openStreams()]).toEqual([1, 1]);
      break;
    }
    await eventually(() => expect(gateway.orders.openStreams()).toBe(0));
  });

  it('of something that is not theirs are refused before the first', async () => {
    const stream = shop.orders.watch({ params: { id: 'ord_01jdq5w8m3k7x2r9v4t6y0z1ab' } }, buyer);
    await expect(stream.next()).rejects.toMatchObject({ status: 404, code: 'order.unknown' });
  });
});

describe('a shop that does not answer', () => {
  it('is named with why, and its silence ends at the deadline or when the caller wants no more', async () => {
    const away = `http://127.0.0.1:${closedPort}`;
    await expect(askJson(`${away}/openapi.json`)).rejects.toThrow(`GET ${away}/openapi.json got no answer: connect`);
    const silent = createServer(() => undefined);
    const client = createShopClient({ baseUrl: `http://127.0.0.1:${await listen(silent)}` });
    try {
      await expect(client.cart.show({}, { deadlineMs: 20 })).rejects.toThrow(
        '/api/v1/cart got no answer: none within 0.02 s',
      );
      const leaving = new AbortController();
      const asked = once(silent, 'request');
      const answer = client.products.list({}, { signal: leaving.signal });
      await asked;
      leaving.abort(new Error('the page was left'));
      await expect(answer).rejects.toThrow('the page was left');
    } finally {
      await hangUp(silent);
    }
  });

  it('but sends something else than a problem is told with what it sent', async () => {
    const proxy = createServer((_request, reply) => reply.writeHead(502).end('<h1>Bad gateway</h1>'));
    const url = `http://127.0.0.1:${await listen(proxy)}`;
    try {
      await expect(askJson(url)).rejects.toMatchObject({
        status: 502,
        code: 'none',
        problem: undefined,
        message: `GET ${url} answered 502 none: <h1>Bad gateway</h1>`,
      });
    } finally {
      await hangUp(proxy);
    }
  });
});
