/** Somebody at the public door. */
import { randomUUID } from 'node:crypto';
import type { Product } from '../../contracts/http/catalogue/product-api.ts';
import type { Order } from '../../contracts/http/order-api.ts';
import { eventually } from '../../kit/testing/condition.ts';

export type Answer<Body> = {
  readonly status: number;
  readonly body: Body & { code?: string; errors?: { path: string }[] };
};

export const address = { street: '1 Long Road', city: 'Springfield', zip: '12345', country: 'US' };

const open = ['pending', 'stock-reserved'];

/** What a door answers while what it needs is busy or away. */
const busy = [502, 503, 504];

/** As a browser's visitor does: asks again while a door is busy, which a slow machine makes it. An order is asked for again by its key. */
export const createVisitor = (gateway: string, headers: Record<string, string> = {}) => {
  const cookies = new Map<string, string>();
  const ask = async <Body>(
    method: string,
    path: string,
    body: unknown,
    more: Record<string, string>,
  ): Promise<Answer<Body>> => {
    const response = await fetch(`${gateway}/api/v1${path}`, {
      method,
      headers: {
        ...(cookies.size > 0 && { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
        ...headers,
        ...more,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(120_000),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    const text = await response.text();
    if (busy.includes(response.status)) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
  };
  const call = <Body>(method: string, path: string, body?: unknown, more: Record<string, string> = {}) =>
    eventually(() => ask<Body>(method, path, body, more), { everyMs: 500 });

  return {
    call,
    order: (
      items: { productId: string; quantity: number }[],
      {
        token = 'tok_visa',
        key = randomUUID() as string,
        email,
      }: { token?: string; key?: string; email?: string } = {},
    ) =>
      call<{ order: Order }>(
        'POST',
        '/orders',
        { shippingAddress: address, payment: { method: 'card', token }, items, ...(email && { email }) },
        { 'idempotency-key': key },
      ),
    /** The order once the platform has decided it. */
    outcome: (orderId: string) =>
      eventually(
        async () => {
          const { body } = await call<{ order: Order }>('GET', `/orders/${orderId}`);
          if (open.includes(body.order.status)) throw new Error(`order ${orderId} is still ${body.order.status}`);
          return body.order;
        },
        { everyMs: 200 },
      ),
    stockOf: async (productId: string) => (await call<Product>('GET', `/products/${productId}`)).body.stock,
  };
};

/** A visitor whom the gateway has given a session. */
export const newGuest = async (gateway: string, headers: Record<string, string> = {}) => {
  const guest = createVisitor(gateway, headers);
  await guest.call('GET', '/cart');
  return guest;
};

export type Visitor = ReturnType<typeof createVisitor>;

/** A new account, signed in. */
export const newCustomer = async (gateway: string): Promise<Visitor> => {
  const token = await eventually(async () => {
    const account = { email: `${randomUUID()}@customers.example`, password: 'a password for a story', name: 'Robin' };
    const { status, body } = await createVisitor(gateway).call<{ accessToken: string }>(
      'POST',
      '/auth/register',
      account,
    );
    // An answer that was lost had made the account; the next try makes another.
    if (status !== 201) throw new Error(`registering answered ${status}`);
    return body.accessToken;
  });
  return createVisitor(gateway, { authorization: `Bearer ${token}` });
};

export const signIn = async (gateway: string, account: { email: string; password: string }): Promise<Visitor> => {
  const { body } = await createVisitor(gateway).call<{ accessToken: string }>('POST', '/auth/login', account);
  return createVisitor(gateway, { authorization: `Bearer ${body.accessToken}` });
};

/** A film that is new in the shop, put there by its staff; resolves to its id. Default price 14.99 dollars. */
export const newFilm = async (staff: Visitor, stock: number, amount = 1499): Promise<string> => {
  const { status, body } = await staff.call<Product>('POST', '/products', {
    title: `A film ${randomUUID()}`,
    category: 'Drama',
    price: { amount, currency: 'USD' },
    stock,
  });
  if (status !== 201) throw new Error(`a new film was answered by ${status}: ${JSON.stringify(body)}`);
  return body.id;
};
