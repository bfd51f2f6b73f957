/** One customer at the public door: signs up or in, fills a cart, orders, and waits for the outcome. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { Tokens } from '../../services/contracts/http/auth-api.ts';
import type { Cart } from '../../services/contracts/http/cart-api.ts';
import type { Order } from '../../services/contracts/http/order-api.ts';
import { type ApiClient, ApiProblem, type ApiRequest } from '../shop/api-client.ts';
import { type Patience, patiently } from './patiently.ts';

const waiting = ['pending', 'stock-reserved'];
/** Milliseconds between two looks at an order, at first and at most. */
const firstLookMs = 400;
const longestLookMs = 2_000;
/** Milliseconds before its end at which a token is replaced. */
const tokenReserveMs = 30_000;

/** Sign-ins under way at once: each costs the platform a password hash, and a shop's customers do not all come at one moment. */
const inTurn = pLimit(4);

const address = { street: '1 Main Street', city: 'Springfield', zip: '12345', country: 'US' };

export const createShopper = (api: ApiClient, customer: string, patience: Patience) => {
  const account = { email: `cdnow-${customer}@replay.example`, password: `a replayed customer ${customer}` };
  let session: { token: string; until: number } | undefined;
  let hasOrdered = false;

  const again = <T>(request: () => Promise<T>) => patiently(request, patience);

  const signIn = async (): Promise<string> => {
    if (session && Date.now() < session.until - tokenReserveMs) return session.token;
    const { accessToken, expiresIn } = await inTurn(() =>
      again(async () => {
        const login = () => api<Tokens>('/api/v1/auth/login', { method: 'POST', body: account });
        if (session) return login();
        // Registering again, after a lost answer or in a second replay, finds the account taken: it is ours.
        return api<Tokens>('/api/v1/auth/register', {
          method: 'POST',
          body: { ...account, name: `Customer ${customer}` },
        }).catch((problem: unknown) => {
          if (problem instanceof ApiProblem && problem.status === 409) return login();
          throw problem;
        });
      }),
    );
    session = { token: accessToken, until: Date.now() + expiresIn * 1000 };
    return accessToken;
  };

  const call = <T>(path: string, request: ApiRequest = {}) =>
    again(async () => api<T>(path, { ...request, token: await signIn() }));

  /** What the last order bought leaves the cart a moment later; another cart must not begin with it. */
  const awaitEmptyCart = async (until: number): Promise<void> => {
    while ((await call<Cart>('/api/v1/cart')).items.length > 0) {
      if (Date.now() > until) throw new Error(`the cart of customer ${customer} still holds what was ordered`);
      await pause(200);
    }
  };

  /** Sets the quantity rather than adding it where an answer was lost, so that a repeated call cannot double it. */
  const fillCart = (productId: string, quantity: number): Promise<Cart> => {
    let isFirst = true;
    return again(async () => {
      const token = await signIn();
      const add = () => api<Cart>('/api/v1/cart/items', { method: 'POST', body: { productId, quantity }, token });
      if (isFirst) {
        isFirst = false;
        return add();
      }
      return api<Cart>(`/api/v1/cart/items/${productId}`, { method: 'PATCH', body: { quantity }, token }).catch(
        (problem: unknown) => {
          if (problem instanceof ApiProblem && problem.status === 404) return add();
          throw problem;
        },
      );
    });
  };

  return {
    /** Orders and returns the order as it was accepted; the key is the same however often the request is repeated. */
    order: async (productId: string, quantity: number): Promise<{ order: Order; idempotencyKey: string }> => {
      await signIn();
      if (hasOrdered) await awaitEmptyCart(Date.now() + patience.seconds * 1000);
      const { version, total } = await fillCart(productId, quantity);
      const idempotencyKey = randomUUID();
      const { order } = await call<{ order: Order }>('/api/v1/orders', {
        method: 'POST',
        headers: { 'idempotency-key': idempotencyKey },
        body: {
          shippingAddress: address,
          payment: { method: 'card', token: 'tok_visa' },
          cartVersion: version,
          ...(total && { expectedTotal: total }),
        },
      });
      hasOrdered = true;
      return { order, idempotencyKey };
    },

    /** The order once its outcome is known. */
    outcome: async (orderId: string): Promise<Order> => {
      const until = Date.now() + patience.seconds * 1000;
      for (let look = firstLookMs; ; look = Math.min(look * 1.5, longestLookMs)) {
        await pause(look);
        const { order } = await call<{ order: Order }>(`/api/v1/orders/${orderId}`);
        if (!waiting.includes(order.status)) return order;
        if (Date.now() > until)
          throw new Error(`order ${orderId} is still ${order.status} after ${patience.seconds} s`);
      }
    },
  };
};

export type Shopper = ReturnType<typeof createShopper>;
