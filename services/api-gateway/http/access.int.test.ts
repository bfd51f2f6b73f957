import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tokensSchema } from '../../contracts/http/accounts/auth-api.ts';
import { productImageDoors } from '../../contracts/http/catalogue/product-image-doors.ts';
import type { Door as DoorOfTable } from '../../contracts/http/door.ts';
import { operationsDoors } from '../../contracts/http/operations/operations-doors.ts';
import { orderAnswer } from '../../contracts/http/order-api.ts';
import { systemIds } from '../../kit/system-ids.ts';
import { knownPayment, knownProduct, knownReconciliation } from '../testing/http-peer.ts';
import { type RunningGateway, startGateway } from '../testing/running-gateway.ts';
import { knownAddress, knownLink } from '../testing/user-peer.ts';

type Role = 'nobody' | 'guest' | 'customer' | 'staff' | 'admin';
type Door = {
  /** Roles that pass access control; all others are refused before anything is called. */
  readonly admits: readonly Role[];
  readonly query?: string;
  /** Status of the answer to whom it admits. */
  readonly answers: number;
  readonly body?: object | (() => Promise<object>);
  readonly headers?: Record<string, string>;
  /** Parameters of the path; default those of something that the peers know. */
  readonly params?: Readonly<Record<string, string>>;
  /** Code with which nobody is refused; default `token.missing`. */
  readonly nobodyCode?: string;
};

const everybody = ['nobody', 'guest', 'customer', 'staff', 'admin'] as const;
const signedIn = ['customer', 'staff', 'admin'] as const;
const owners = ['guest', 'customer', 'staff', 'admin'] as const;
const staff = ['staff', 'admin'] as const;
const admin = ['admin'] as const;

/** Doors that are all for staff or for administrators are asked with the examples of their table. */
const doorOfStaff = ({ method, path, access, params, body, answers }: DoorOfTable): [string, Door] => {
  const examples = Object.entries(params?.shape ?? {}).map(([name, schema]) => [name, schema.meta()?.['example']]);
  return [
    `${method} /api/v1${path.replaceAll(/:(\w+)/g, '{$1}')}`,
    {
      admits: access === 'admin' ? admin : staff,
      answers: Number(Object.keys(answers)[0]),
      params: Object.fromEntries(examples),
      ...(body && { body: body.meta()?.['example'] as object }),
    },
  ];
};

const someOrder = systemIds.next('ord');
const someUser = systemIds.next('usr');
const someConversation = systemIds.next('cnv');
const said = { conversationId: someConversation, message: 'How much is M?' };
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
  'GET /config.json': { admits: everybody, answers: 200 },
  'GET /.well-known/jwks.json': { admits: everybody, answers: 200 },
  'GET /metrics': { admits: everybody, answers: 200 },
  'GET /health': { admits: everybody, answers: 200 },
  'GET /health/live': { admits: everybody, answers: 200 },
  'GET /health/startup': { admits: everybody, answers: 200 },
  'GET /health/ready': { admits: everybody, answers: 200 },
  'GET /health/detailed': { admits: everybody, answers: 200 },
  'POST /api/v1/auth/register': { admits: everybody, answers: 201, body: async () => newAccount() },
  'POST /api/v1/auth/login': {
    admits: everybody,
    answers: 200,
    body: async () => ({ ...(await registered()).credentials }),
  },
  'POST /api/v1/auth/refresh': {
    admits: everybody,
    answers: 200,
    body: async () => ({ refreshToken: (await registered()).refreshToken }),
  },
  'POST /api/v1/auth/logout': {
    admits: everybody,
    answers: 204,
    body: async () => ({ refreshToken: (await registered()).refreshToken }),
  },
  'POST /api/v1/auth/logout-everywhere': { admits: signedIn, answers: 204 },
  'POST /api/v1/auth/verify': { admits: everybody, answers: 204, body: { token: knownLink } },
  'POST /api/v1/mails/unsubscribe': { admits: everybody, answers: 204, query: `?token=${knownLink}` },
  'POST /api/v1/auth/verify/request': { admits: signedIn, answers: 204 },
  'POST /api/v1/auth/reset/request': { admits: everybody, answers: 204, body: { email: 'somebody@example.com' } },
  'POST /api/v1/auth/reset': {
    admits: everybody,
    answers: 204,
    body: { token: knownLink, password: 'another long password' },
  },
  'GET /api/v1/me': { admits: signedIn, answers: 200 },
  'PATCH /api/v1/me': { admits: signedIn, answers: 200, body: { name: 'Ada' } },
  'DELETE /api/v1/me': { admits: signedIn, answers: 204, body: { password: 'a long password' } },
  'GET /api/v1/me/addresses': { admits: signedIn, answers: 200 },
  'POST /api/v1/me/addresses': { admits: signedIn, answers: 201, body: { address } },
  'PATCH /api/v1/me/addresses/{id}': { admits: signedIn, answers: 200, body: { isDefault: true } },
  'DELETE /api/v1/me/addresses/{id}': { admits: signedIn, answers: 204 },
  'GET /api/v1/me/export': { admits: signedIn, answers: 200 },
  'GET /api/v1/staff': { admits: admin, answers: 200 },
  'POST /api/v1/staff': { admits: admin, answers: 200, body: { email: 'colleague@example.com', role: 'staff' } },
  'DELETE /api/v1/staff/{id}': { admits: admin, answers: 204 },
  'GET /api/v1/staff/changes': { admits: admin, answers: 200 },
  'GET /api/v1/session': { admits: everybody, answers: 200 },
  'POST /api/v1/session': {
    admits: everybody,
    answers: 200,
    body: async () => ({ ...(await registered()).credentials }),
  },
  'POST /api/v1/session/register': { admits: everybody, answers: 201, body: async () => newAccount() },
  'POST /api/v1/session/refresh': { admits: everybody, answers: 200 },
  'DELETE /api/v1/session': { admits: everybody, answers: 204 },
  'GET /api/v1/products': { admits: everybody, answers: 200 },
  'GET /api/v1/products/{id}': { admits: everybody, answers: 200 },
  'GET /api/v1/products/suggest': { admits: everybody, answers: 200, query: '?q=m' },
  'GET /api/v1/products/{id}/image': { admits: everybody, answers: 200 },
  'GET /api/v1/categories': { admits: everybody, answers: 200 },
  'POST /api/v1/products': { admits: staff, answers: 201, body: product },
  'POST /api/v1/products/import': { admits: staff, answers: 200, body: { items: [{ ...product, reference: 'm' }] } },
  'PATCH /api/v1/products/{id}': { admits: staff, answers: 200, body: { title: 'M' } },
  'DELETE /api/v1/products/{id}': { admits: staff, answers: 204 },
  'GET /api/v1/products/{id}/stock': { admits: staff, answers: 200 },
  'GET /api/v1/products/{id}/prices': { admits: staff, answers: 200 },
  'POST /api/v1/products/{id}/stock': { admits: staff, answers: 200, body: { change: 1, reason: 'found' } },
  // A visitor becomes a guest by touching the cart.
  'GET /api/v1/cart': { admits: everybody, answers: 200 },
  'DELETE /api/v1/cart': { admits: everybody, answers: 200 },
  'POST /api/v1/cart/items': { admits: everybody, answers: 200, body: { productId: knownProduct, quantity: 1 } },
  'POST /api/v1/cart/prices': {
    admits: everybody,
    answers: 200,
    body: { prices: [{ productId: knownProduct, unitPrice: { amount: 1, currency: 'USD' } }] },
  },
  'PATCH /api/v1/cart/items/{productId}': { admits: everybody, answers: 200, body: { quantity: 2 } },
  'DELETE /api/v1/cart/items/{productId}': { admits: everybody, answers: 200 },
  'POST /api/v1/orders': {
    admits: owners,
    answers: 201,
    body: order,
    headers: { 'idempotency-key': 'access-test' },
    nobodyCode: 'session.begun',
  },
  'GET /api/v1/orders': { admits: owners, answers: 200 },
  'GET /api/v1/orders/{id}': { admits: owners, answers: 200 },
  'GET /api/v1/orders/{id}/timeline': { admits: owners, answers: 200 },
  'GET /api/v1/orders/{id}/events': { admits: owners, answers: 200 },
  'POST /api/v1/orders/{id}/payment': { admits: owners, answers: 200 },
  'POST /api/v1/orders/{id}/cancel': { admits: owners, answers: 200, body: {} },
  'POST /api/v1/orders/{id}/ship': { admits: staff, answers: 200, body: { carrier: 'DHL', trackingNumber: '1' } },
  'POST /api/v1/orders/{id}/deliver': { admits: staff, answers: 200 },
  'POST /api/v1/orders/{id}/refund': { admits: staff, answers: 200, body: { reason: 'broken' } },
  'POST /api/v1/orders/{id}/returns': {
    admits: staff,
    answers: 200,
    body: { items: [{ productId: knownProduct, quantity: 1, restock: false }], reason: 'broken' },
  },
  'GET /api/v1/payments': { admits: staff, answers: 200 },
  'GET /api/v1/payments/{id}': { admits: staff, answers: 200 },
  'POST /api/v1/reconciliations': { admits: staff, answers: 201, body: { days: 1 } },
  'GET /api/v1/reconciliations': { admits: staff, answers: 200 },
  'GET /api/v1/reconciliations/{id}': { admits: staff, answers: 200 },
  'GET /api/v1/reconciliations/{id}/drifts': { admits: staff, answers: 200 },
  ...Object.fromEntries(Object.values<DoorOfTable>({ ...operationsDoors, ...productImageDoors }).map(doorOfStaff)),
  // A visitor becomes a guest by beginning a conversation.
  'POST /api/ai/start': { admits: everybody, answers: 201 },
  'POST /api/ai/message': { admits: owners, answers: 200, body: said },
  'POST /api/ai/message/stream': { admits: owners, answers: 200, body: said },
  'POST /api/ai/bedrock/start': { admits: everybody, answers: 201 },
  'POST /api/ai/bedrock/message': { admits: owners, answers: 200, body: said },
  'POST /api/ai/bedrock/message/stream': { admits: owners, answers: 200, body: said },
  'GET /api/ai/conversations/{id}': { admits: owners, answers: 200 },
  'POST /api/ai/analyze-sentiment': {
    admits: everybody,
    answers: 200,
    body: { thread: { messages: [{ text: 'Thank you!', sender: 'customer' }] } },
  },
  // Who it is says the signature, which the payment service checks.
  'POST /api/v1/webhooks/stripe': {
    admits: everybody,
    answers: 204,
    body: { id: 'evt_1' },
    headers: { 'stripe-signature': 't=1,v1=2' },
  },
};

const paramOf = (path: string, orderId: string) => {
  if (path.includes('/orders/')) return orderId;
  if (path.includes('/addresses/')) return knownAddress.id;
  if (path.includes('/staff/')) return someUser;
  if (path.includes('/reconciliations/')) return knownReconciliation;
  if (path.includes('/conversations/')) return someConversation;
  return path.includes('/payments/') ? knownPayment : knownProduct;
};

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const headersOf: Record<Role, () => Promise<Record<string, string>>> = {
  nobody: async () => ({}),
  guest: async () => await gateway.guest(),
  customer: async () => (await gateway.users.signIn()).headers,
  staff: async () => (await gateway.users.signIn(['customer', 'staff'])).headers,
  admin: async () => (await gateway.users.signIn(['customer', 'staff', 'admin'])).headers,
};

const newAccount = () => ({ email: `${randomUUID()}@example.com`, password: 'long enough', name: 'X' });
/** An account that can log in, and a refresh token of it. */
const registered = async () => {
  const { name, ...credentials } = newAccount();
  const answer = await gateway.http.inject({
    method: 'POST',
    url: '/api/v1/auth/register',
    payload: { name, ...credentials },
  });
  return { credentials, refreshToken: tokensSchema.parse(answer.json()).refreshToken };
};

/** An order of these people, decided so that the stream of its events ends. */
const ownOrder = async (credentials: Record<string, string>): Promise<string> => {
  const headers = { 'idempotency-key': 'access-test', ...credentials };
  const answer = await gateway.http.inject({ method: 'POST', url: '/api/v1/orders', headers, payload: order });
  const { id } = orderAnswer.parse(answer.json()).order;
  gateway.orders.move(id, { status: 'paid' });
  return id;
};

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
const call = async (
  door: string,
  { body, headers, params, query = '' }: Door,
  credentials: Record<string, string>,
  id = someOrder,
) => {
  const [method, path] = door.split(' ') as [Method, string];
  const payload = typeof body === 'function' ? await body() : body;
  return gateway.http.inject({
    method,
    url: path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params?.[name] ?? paramOf(path, id)) + query,
    headers: { ...headers, ...credentials },
    ...(payload && { payload }),
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
        const credentials = await headersOf[role]();
        if (rules.admits.includes(role)) {
          const id = door.includes('/orders/{id}') ? await ownOrder(credentials) : undefined;
          const answer = await call(door, rules, credentials, id);
          expect([answer.statusCode, answer.body]).toEqual([rules.answers, expect.any(String)]);
          expect(answer.body).not.toMatch(/token\.missing|caller\.not-staff|caller\.not-admin|token\.invalid/);
          return;
        }
        const before = gateway.peer.received.length + gateway.orders.requests.length;
        const answer = await call(door, rules, credentials);
        const code = role === 'nobody' ? (rules.nobodyCode ?? 'token.missing') : 'token.missing';
        const refusal =
          role === 'nobody' || role === 'guest'
            ? [401, code]
            : [403, rules.admits === admin ? 'caller.not-admin' : 'caller.not-staff'];
        expect([answer.statusCode, answer.json().code]).toEqual(refusal);
        expect(gateway.peer.received.length + gateway.orders.requests.length).toBe(before);
      });

  for (const [door, rules] of Object.entries(doors).filter(([, { admits }]) => !admits.includes('nobody')))
    it(`${door} answers an invalid token with 403, whatever else comes along`, async () => {
      const answer = await call(door, rules, { ...(await gateway.guest()), authorization: 'Bearer not.a.token' });
      expect([answer.statusCode, answer.json().code]).toEqual([403, 'token.invalid']);
    });
});
