import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemIds } from '../../kit/system-ids.ts';
import { knownPayment, knownProduct } from '../testing/http-peer.ts';
import { type RunningGateway, startGateway } from '../testing/running-gateway.ts';

type Role = 'nobody' | 'guest' | 'customer' | 'staff';
type Door = {
  /** Roles that pass access control; all others are refused before anything is called. */
  readonly admits: readonly Role[];
  readonly body?: object;
  readonly headers?: Record<string, string>;
};

const everybody = ['nobody', 'guest', 'customer', 'staff'] as const;
const signedIn = ['customer', 'staff'] as const;
const owners = ['guest', 'customer', 'staff'] as const;
const staff = ['staff'] as const;

const orderId = systemIds.next('ord');
const product = { title: 'M', category: 'Crime', price: { amount: 999, currency: 'EUR' } };
const address = { street: 'Main Street 1', city: 'Springfield', zip: '12345', country: 'US' };
const order = {
  shippingAddress: address,
  payment: { method: 'card', token: 'tok_visa' },
  items: [{ productId: knownProduct, quantity: 1 }],
  email: 'guest@example.com',
};

/** The whole of who may do what; a route without a line here fails the test. */
const doors: Record<string, Door> = {
  'GET /config.json': { admits: everybody },
  'GET /.well-known/jwks.json': { admits: everybody },
  'GET /metrics': { admits: everybody },
  'GET /health': { admits: everybody },
  'GET /health/live': { admits: everybody },
  'GET /health/startup': { admits: everybody },
  'GET /health/ready': { admits: everybody },
  'GET /health/detailed': { admits: everybody },
  'POST /api/v1/auth/register': {
    admits: everybody,
    body: { email: 'x@example.com', password: 'long enough', name: 'X' },
  },
  'POST /api/v1/auth/login': { admits: everybody, body: { email: 'x@example.com', password: 'long enough' } },
  'POST /api/v1/auth/refresh': { admits: everybody, body: { refreshToken: 'unknown' } },
  'POST /api/v1/auth/logout': { admits: everybody, body: { refreshToken: 'unknown' } },
  'GET /api/v1/me': { admits: signedIn },
  'PATCH /api/v1/me': { admits: signedIn, body: { name: 'Ada' } },
  'GET /api/v1/products': { admits: everybody },
  'GET /api/v1/products/{id}': { admits: everybody },
  'GET /api/v1/categories': { admits: everybody },
  'POST /api/v1/products': { admits: staff, body: product },
  'POST /api/v1/products/import': { admits: staff, body: { items: [{ ...product, reference: 'm' }] } },
  'PATCH /api/v1/products/{id}': { admits: staff, body: { title: 'M' } },
  'DELETE /api/v1/products/{id}': { admits: staff },
  'POST /api/v1/products/{id}/stock': { admits: staff, body: { change: 1, reason: 'found' } },
  // A visitor becomes a guest by touching the cart.
  'GET /api/v1/cart': { admits: everybody },
  'DELETE /api/v1/cart': { admits: everybody },
  'POST /api/v1/cart/items': { admits: everybody, body: { productId: knownProduct, quantity: 1 } },
  'PATCH /api/v1/cart/items/{productId}': { admits: everybody, body: { quantity: 2 } },
  'DELETE /api/v1/cart/items/{productId}': { admits: everybody },
  'POST /api/v1/orders': { admits: owners, body: order, headers: { 'idempotency-key': 'access-test' } },
  'GET /api/v1/orders': { admits: owners },
  'GET /api/v1/orders/{id}': { admits: owners },
  'GET /api/v1/orders/{id}/timeline': { admits: owners },
  'GET /api/v1/orders/{id}/events': { admits: owners },
  'POST /api/v1/orders/{id}/cancel': { admits: owners, body: {} },
  'POST /api/v1/orders/{id}/ship': { admits: staff, body: { carrier: 'DHL', trackingNumber: '1' } },
  'POST /api/v1/orders/{id}/deliver': { admits: staff },
  'POST /api/v1/orders/{id}/refund': { admits: staff, body: { reason: 'broken' } },
  'GET /api/v1/payments': { admits: staff },
  'GET /api/v1/payments/{id}': { admits: staff },
};

const paramOf = (path: string) => {
  if (path.includes('/orders/')) return orderId;
  return path.includes('/payments/') ? knownPayment : knownProduct;
};

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const headersOf: Record<Role, () => Promise<Record<string, string>>> = {
  nobody: async () => ({}),
  guest: async () => gateway.guest(),
  customer: async () => (await gateway.users.signIn()).headers,
  staff: async () => (await gateway.users.signIn(['customer', 'staff'])).headers,
};

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
const call = (door: string, { body, headers }: Door, credentials: Record<string, string>) => {
  const [method, path] = door.split(' ') as [Method, string];
  return gateway.http.inject({
    method,
    url: path.replace(/\{\w+\}/, paramOf(path)),
    headers: { ...headers, ...credentials },
    ...(body && { payload: body }),
  });
};

const routesOfOpenApi = () =>
  Object.entries(gateway.http.swagger().paths ?? {}).flatMap(([path, item]) =>
    Object.keys(item ?? {}).map((method) => `${method.toUpperCase()} ${path}`),
  );

describe('who may do what at the gateway', () => {
  it('is written down for every route, and for no other', () => {
    expect(Object.keys(doors).toSorted()).toEqual(routesOfOpenApi().toSorted());
  });

  for (const [door, rules] of Object.entries(doors))
    for (const role of everybody)
      it(`${door} ${rules.admits.includes(role) ? 'admits' : 'refuses'} ${role}`, async () => {
        const before = gateway.peer.received.length + gateway.orders.requests.length;
        const answer = await call(door, rules, await headersOf[role]());
        if (rules.admits.includes(role)) {
          expect([200, 201, 204, 401, 404, 409]).toContain(answer.statusCode);
          expect(answer.body).not.toMatch(/token\.missing|caller\.not-staff|token\.invalid/);
          return;
        }
        const refusal = role === 'nobody' || role === 'guest' ? [401, 'token.missing'] : [403, 'caller.not-staff'];
        expect([answer.statusCode, answer.json().code]).toEqual(refusal);
        expect(gateway.peer.received.length + gateway.orders.requests.length).toBe(before);
      });

  for (const [door, rules] of Object.entries(doors).filter(([, { admits }]) => !admits.includes('nobody')))
    it(`${door} answers an invalid token with 403, whatever else comes along`, async () => {
      const answer = await call(door, rules, { ...gateway.guest(), authorization: 'Bearer not.a.token' });
      expect([answer.statusCode, answer.json().code]).toEqual([403, 'token.invalid']);
    });
});
