import { expect, test } from '@jest/globals';
import { ApiProblem } from '../../services/contracts/http/ask.ts';
import { exampleCartVersion } from '../../services/contracts/http/cart-api.ts';
import type { ApiClient, ApiRequest } from '../shop/api-client.ts';
import { readPurchases } from './purchases.ts';
import { type ReplayOptions, replay } from './replay.ts';

/** A shop that accepts every order, at a total of its own making, and pays it at once. */
const shopThatAsks = (total: number): ApiClient => {
  const order = { id: 'ord_1', status: 'paid', total: { amount: total, currency: 'USD' } };
  const answers: Readonly<Record<string, unknown>> = {
    '/api/v1/products': {
      items: [{ id: 'prd_1', price: { amount: 500, currency: 'USD' }, stock: 9 }],
      nextCursor: null,
    },
    '/api/v1/auth/register': { user: { id: 'usr_1' }, accessToken: 'token', expiresIn: 600 },
    '/api/v1/cart': { items: [] },
    '/api/v1/cart/items': { version: exampleCartVersion, total: { amount: total, currency: 'USD' } },
    '/api/v1/orders': { order },
    '/api/v1/orders/ord_1': { order },
  };
  return (async (path: string) => answers[path.split('?')[0] ?? '']) as ApiClient;
};

const line = ' 00001 0001 19970101  2   10.00\n';

const run = async (total: number, more: Partial<ReplayOptions> = {}) => {
  const accepted: unknown[] = [];
  const report = await replay({
    api: shopThatAsks(total),
    purchases: readPurchases(line),
    ...{ rate: 100, patienceSeconds: 5 },
    onAccepted: async (promise) => {
      accepted.push(promise);
    },
    onProgress: () => undefined,
    signal: new AbortController().signal,
    ...more,
  });
  return { report, accepted };
};

test('a purchase is counted with the state in which its order ended', async () => {
  const { report, accepted } = await run(1000);
  expect(report).toMatchObject({
    accepted: 1,
    settled: 1,
    failed: 0,
    states: { paid: 1 },
    paidThen: 1000,
    paidNow: 1000,
  });
  expect(accepted).toEqual([{ orderId: 'ord_1', total: 1000, idempotencyKey: expect.any(String), userId: 'usr_1' }]);
});

test('an order that costs something else than the shelf said has failed, and its promise is on record all the same', async () => {
  const { report, accepted } = await run(999);
  expect(report).toMatchObject({
    accepted: 1,
    settled: 0,
    failed: 1,
    failures: ['line 1: order ord_1 costs 999, not 1000'],
  });
  expect(accepted).toMatchObject([{ orderId: 'ord_1', total: 999 }]);
});

test('once it is enough no further purchase begins, and the report counts those that did', async () => {
  let begun = 0;
  const { report } = await run(1000, {
    purchases: readPurchases(line.repeat(5)),
    onProgress: (progress) => {
      begun = progress.begun;
    },
    isEnough: () => begun >= 2,
  });
  expect(report).toMatchObject({ purchases: 2, begun: 2, settled: 2, paidThen: 2000 });
});

test('a replay that is ended while it waits for the next purchase says why', async () => {
  const stop = new AbortController();
  const ended = run(1000, {
    purchases: readPurchases(line + line),
    rate: 0.001,
    onProgress: () => stop.abort(new Error('ended by its operator')),
    signal: stop.signal,
  });
  await expect(ended).rejects.toThrow('ended by its operator');
});

test('the first progress comes after the catalogue, so that what begins with it disturbs purchases only', async () => {
  const shop = shopThatAsks(1000);
  const story: string[] = [];
  await run(1000, {
    api: (async (path: string) => {
      story.push(path);
      return shop(path);
    }) as ApiClient,
    onProgress: () => story.push('progress'),
  });
  expect(story.slice(0, 2)).toEqual(['/api/v1/products?limit=100', 'progress']);
});

test('a replay that is ended while nobody answers gives up what it repeats, and says why', async () => {
  const stop = new AbortController();
  const shop = shopThatAsks(1000);
  const ended = run(1000, {
    api: (async (path: string) => {
      if (!path.startsWith('/api/v1/auth')) return shop(path);
      stop.abort(new Error('ended by its operator'));
      throw new Error('nobody answers');
    }) as ApiClient,
    patienceSeconds: 3_600,
    signal: stop.signal,
  });
  await expect(ended).rejects.toThrow('ended by its operator');
});

test('a cart is emptied before the first purchase of a customer, and after one that failed', async () => {
  const shop = shopThatAsks(1000);
  const story: string[] = [];
  const refused = new ApiProblem(
    'POST /api/v1/orders',
    new Response(null, { status: 422 }),
    JSON.stringify({
      type: 'about:blank',
      title: 'Refused',
      status: 422,
      code: 'order.refused',
      detail: 'no',
      traceId: '0',
    }),
  );
  const { report } = await run(1000, {
    api: (async (path: string, request: ApiRequest = {}) => {
      const { pathname } = new URL(path, 'http://shop.example');
      story.push(`${request.method ?? 'GET'} ${pathname}`);
      if (pathname === '/api/v1/orders') throw refused;
      return shop(path);
    }) as ApiClient,
  });
  expect(report.failures).toEqual(['line 1: POST /api/v1/orders answered 422 order.refused: no']);
  expect(story.slice(2)).toEqual([
    'DELETE /api/v1/cart',
    'POST /api/v1/cart/items',
    'POST /api/v1/orders',
    'DELETE /api/v1/cart',
  ]);
});

test('the own queue is told apart from the answers of the shop', async () => {
  const { report } = await run(1000, {
    before: () => new Promise((resolve) => setTimeout(resolve, 300)),
  });
  expect(report.queueMs.p50).toBeGreaterThanOrEqual(290);
  expect(report.answerMs.order.p50).toBeLessThan(report.queueMs.p50);
});
