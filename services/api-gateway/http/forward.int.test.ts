import { request as rawRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cartSchema } from '../../contracts/http/cart-api.ts';
import { productSchema } from '../../contracts/http/catalogue/product-api.ts';
import { productPage } from '../../contracts/http/catalogue/product-search-api.ts';
import { problemSchema } from '../../contracts/http/problem.ts';
import { isId } from '../../kit/values/identifiers.ts';
import { knownProduct } from '../testing/http-peer.ts';
import { type RunningGateway, startGateway } from '../testing/running-gateway.ts';

let gateway: RunningGateway;
let origin: string;
let customer: Record<string, string>;
let staff: Record<string, string>;
beforeAll(async () => {
  gateway = await startGateway();
  origin = await gateway.http.listen({ host: '127.0.0.1', port: 0 });
  customer = (await gateway.users.signIn()).headers;
  staff = (await gateway.users.signIn(['customer', 'staff'])).headers;
});
afterAll(() => gateway.stop());

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
const send = (method: Method, url: string, headers: Record<string, string> = {}, payload?: object) =>
  gateway.http.inject({ method, url, headers, ...(payload && { payload }) });
const last = () => gateway.peer.received.at(-1);
const codeOf = (answer: { statusCode: number; json(): unknown }) => [
  answer.statusCode,
  problemSchema.parse(answer.json()).code,
];

describe('a forwarded door', () => {
  it('loses its prefix, keeps its query, and answers as the contract says', async () => {
    const answer = await send('GET', '/api/v1/products?q=M%26M%20%2F&category=Silent&limit=5');
    expect(productPage.parse(answer.json()).items).toHaveLength(1);
    const { pathname, searchParams } = new URL(last()?.url ?? '', 'http://peer');
    expect(pathname).toBe('/products');
    expect(Object.fromEntries(searchParams)).toEqual({ q: 'M&M /', category: 'Silent', limit: '5' });
  });

  it('passes on what a provider signed byte by byte, and its signature', async () => {
    const text = '{ "id" : "evt_1",\n  "sum": 1.50e2, "name": "Zo\\u00eb" }\n';
    const headers = { 'content-type': 'application/json', 'stripe-signature': 't=1,v1=2' };
    const answer = await gateway.http.inject({
      method: 'POST',
      url: '/api/v1/webhooks/stripe',
      headers,
      payload: text,
    });
    expect(answer.statusCode).toBe(204);
    expect(last()).toMatchObject({ url: '/webhooks/stripe', body: text, headers: { 'stripe-signature': 't=1,v1=2' } });
  });

  it('passes on who asks, the request id and the trace, and nothing else that came along', async () => {
    const { cookie } = await gateway.guest();
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const answer = await send('GET', '/api/v1/cart', {
      ...customer,
      cookie: `${cookie}; other=secret`,
      traceparent: `00-${trace}-b7ad6b7169203331-01`,
      'x-service-token': 'forged',
      'x-forwarded-for': '10.1.2.3',
      'x-user-id': 'usr_somebody',
      te: 'trailers',
      'proxy-authorization': 'Basic eDp5',
    });
    expect(cartSchema.parse(answer.json()).items).toEqual([]);
    const headers = last()?.headers ?? {};
    expect(headers).toMatchObject({
      ...customer,
      'x-request-id': answer.headers['x-request-id'],
    });
    expect(headers.traceparent).toContain(trace);
    expect(Object.keys(headers).toSorted()).toEqual(
      [
        'accept',
        'authorization',
        'connection',
        'host',
        'traceparent',
        'x-request-id',
        'x-request-timeout-ms',
      ].toSorted(),
    );
  });

  it('passes on a guest by an id that is not the key of the session', async () => {
    const { cookie } = await gateway.guest();
    await send('GET', '/api/v1/cart', { cookie });
    const sessionId = String(last()?.headers['x-session-id']);
    expect(isId('ses', sessionId)).toBe(true);
    expect(cookie).not.toContain(sessionId.slice(4));
    const copied = await send('GET', '/api/v1/orders', { 'x-session-id': sessionId });
    expect(codeOf(copied)).toEqual([401, 'token.missing']);
  });

  it('passes on no token that was not found good', async () => {
    await send('GET', '/api/v1/products', { authorization: 'Bearer not.a.token' });
    expect(last()?.headers.authorization).toBeUndefined();
  });

  it('sends the checked body, defaults filled in, and answers with status and location', async () => {
    const product = { title: '  M  ', category: 'Crime', price: { amount: 999, currency: 'EUR' } };
    const answer = await send('POST', '/api/v1/products', staff, product);
    expect([answer.statusCode, answer.headers.location]).toEqual([201, `/api/v1/products/${knownProduct}`]);
    expect(productSchema.parse(answer.json()).id).toBe(knownProduct);
    expect(last()?.body).toMatchObject({ title: 'M', description: '', stock: 0, attributes: {} });
    const removed = await send('DELETE', `/api/v1/products/${knownProduct}`, staff);
    expect([removed.statusCode, removed.body]).toEqual([204, '']);
  });

  it('takes a bulk load that is larger than other bodies may be', async () => {
    const items = Array.from({ length: 300 }, (_, index) => ({
      reference: `r${index}`,
      description: 'x'.repeat(4000),
    }));
    expect((await send('POST', '/api/v1/products/import', staff, { items })).statusCode).toBe(200);
    expect((await send('POST', '/api/v1/products', staff, { items })).statusCode).toBe(413);
  });

  it('passes on what the other side refuses, under a trace id of its own', async () => {
    const answer = await send('GET', '/api/v1/products/prd_01jf000000000000000000000z');
    expect(codeOf(answer)).toEqual([404, 'product.unknown']);
    expect(problemSchema.parse(answer.json()).traceId).toBe(String(answer.headers.traceparent).split('-')[1]);
  });

  it.each([
    ['GET', '/api/v1/products?limit=1000', undefined, 'limit'],
    ['GET', '/api/v1/products?colour=red', undefined, 'colour'],
    ['GET', '/api/v1/products/prd_1', undefined, 'id'],
    ['POST', '/api/v1/cart/items', { productId: knownProduct, quantity: 0 }, 'quantity'],
    ['POST', '/api/v1/cart/items', { productId: knownProduct, quantity: 1, price: 1 }, 'price'],
    ['PATCH', `/api/v1/cart/items/${knownProduct}`, { quantity: 100 }, 'quantity'],
  ] as const)(
    'refuses %s %s %j with the path of the field before anybody is asked',
    async (method, url, payload, path) => {
      const before = gateway.peer.received.length;
      const answer = await send(method, url, customer, payload);
      expect(codeOf(answer)).toEqual([400, 'request.invalid']);
      expect(problemSchema.parse(answer.json()).errors?.map((error) => error.path)).toEqual([path]);
      expect(gateway.peer.received.length).toBe(before);
    },
  );
});

describe('there is no other way through', () => {
  /** Sends the path as it is; clients and injection would tidy it up. */
  const raw = (path: string) =>
    new Promise<number>((resolve, reject) => {
      const { hostname, port } = new URL(origin);
      rawRequest({ hostname, port, path, headers: customer }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      })
        .on('error', reject)
        .end();
    });

  it.each([
    '/api/v1/products/../payments',
    '/api/v1/products/..%2fpayments',
    '/api/v1/products/%2e%2e/payments',
    '/api/v1/products/..%5cpayments',
    '/api/v1/products//payments',
    '/api/v1/products/%00',
    '/api/v1/cart/../../health/detailed',
    '/api/v1/metrics',
    '/api/v1/products/http://169.254.169.254/latest',
    '//evil.example/api/v1/products',
    '/products',
    '/cart',
    '/payments',
  ])('%s', async (path) => {
    const before = gateway.peer.received.length;
    expect([400, 404]).toContain(await raw(path));
    expect(gateway.peer.received.length).toBe(before);
  });

  it('an absolute form of the request line does not choose the host', async () => {
    expect([400, 404]).toContain(await raw('http://169.254.169.254/api/v1/secrets'));
  });
});

describe('when the other side is not well', () => {
  it('answers 503 with its name and when to come again while it is gone, and says so in its own health', async () => {
    const alone = await startGateway();
    await alone.peer.http.close();
    const answer = await alone.http.inject('/api/v1/products');
    expect(codeOf(answer)).toEqual([503, 'product.unavailable']);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    const health = await alone.http.inject('/health');
    expect([health.statusCode, health.json().status, health.json().checks.product.status]).toEqual([
      200,
      'degraded',
      'down',
    ]);
    await alone.stop();
  });

  it('says so in its own health while those behind it live on without their databases', async () => {
    const alone = await startGateway();
    alone.peer.loseDatabase();
    const { status, checks } = (await alone.http.inject('/health')).json();
    const down = ['user', 'product', 'cart', 'payment', 'order'].map((name) => [name, checks[name].status]);
    expect([status, Object.fromEntries(down)]).toEqual([
      'degraded',
      { user: 'down', product: 'down', cart: 'down', payment: 'down', order: 'down' },
    ]);
    await alone.stop();
  });

  it('never shows an answer that breaks the contract', async () => {
    const alone = await startGateway();
    alone.peer.spoil({ items: [{ secret: 'stack trace at db-1' }], nextCursor: null });
    const answer = await alone.http.inject('/api/v1/products');
    expect(codeOf(answer)).toEqual([500, 'internal']);
    expect(answer.body).not.toMatch(/secret|stack|db-1/);
    await alone.stop();
  });
});
