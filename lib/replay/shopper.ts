/** One customer at the public door: signs up or in, fills a cart, orders, and waits for the outcome. */
import pLimit from 'p-limit';
import type { Tokens } from '../../services/contracts/http/accounts/auth-api.ts';
import { ApiProblem } from '../../services/contracts/http/ask.ts';
import type { Cart } from '../../services/contracts/http/cart-api.ts';
import type { Order } from '../../services/contracts/http/order-api.ts';
import type { ApiClient, ApiRequest } from '../shop/api-client.ts';
import { type Patience, patiently, pauseUnless } from '../shop/patiently.ts';

const waiting = ['pending', 'stock-reserved'];
/** Milliseconds between two looks at an order, at first and at most. */
const firstLookMs = 400;
const longestLookMs = 2_000;
/** Milliseconds before its end at which a token is replaced. */
const tokenReserveMs = 30_000;

/** Sign-ins under way at once: each costs the platform a password hash, and a shop's customers do not all come at one moment. */
export const SIGN_INS_AT_ONCE = 4;
const inTurn = pLimit(SIGN_INS_AT_ONCE);

const address = { street: '1 Main Street', city: 'Springfield', zip: '12345', country: 'US' };

/** What the shop is asked for, each with its own answer time. */
export type Asked = 'signIn' | 'cart' | 'order';

export type ShopperOptions = {
  readonly api: ApiClient;
  readonly customer: string;
  readonly patience: Patience;
  /** Told how long the shop took for each request that it granted; waiting on our side and repeats are no part of it. */
  readonly onAnswer: (asked: Asked, milliseconds: number) => void;
  /** Told how long a sign-in waited for its turn on our side. */
  readonly onTurn: (milliseconds: number) => void;
};

export const createShopper = ({ api, customer, patience, onAnswer, onTurn }: ShopperOptions) => {
  const account = { email: `cdnow-${customer}@replay.example`, password: `a replayed customer ${customer}` };
  let session: { token: string; userId: string; until: number } | undefined;
  /** Whether the cart may hold what this replay did not put there: leftovers of an earlier one, or of a purchase that failed. */
  let isCartUnknown = true;
  let hasOrdered = false;

  const again = <T>(request: () => Promise<T>) => patiently(request, patience);

  const timed = async <T>(asked: Asked, request: () => Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    const answer = await request();
    onAnswer(asked, performance.now() - startedAt);
    return answer;
  };

  const enter = async (): Promise<Tokens> => {
    const login = () => api<Tokens>('/api/v1/auth/login', { method: 'POST', body: account });
    if (session) return timed('signIn', login);
    // Registering again, after a lost answer or in a second replay, finds the account taken: it is ours.
    const body = { ...account, name: `Customer ${customer}` };
    return timed('signIn', () => api<Tokens>('/api/v1/auth/register', { method: 'POST', body })).catch(
      (problem: unknown) => {
        if (problem instanceof ApiProblem && problem.status === 409) return timed('signIn', login);
        throw problem;
      },
    );
  };

  const signIn = async (): Promise<string> => {
    if (session && Date.now() < session.until - tokenReserveMs) return session.token;
    const queuedAt = performance.now();
    const { user, accessToken, expiresIn } = await inTurn(() => {
      onTurn(performance.now() - queuedAt);
      return again(enter);
    });
    session = { token: accessToken, userId: user.id, until: Date.now() + expiresIn * 1000 };
    return accessToken;
  };

  const call = <T>(path: string, request: ApiRequest = {}) =>
    again(async () => api<T>(path, { ...request, token: await signIn() }));

  const emptyCart = () => call('/api/v1/cart', { method: 'DELETE' });

  /** What the last order bought leaves the cart a moment later; another cart must not begin with it. */
  const awaitEmptyCart = async (until: number): Promise<void> => {
    while ((await call<Cart>('/api/v1/cart')).items.length > 0) {
      if (Date.now() > until) throw new Error(`the cart of customer ${customer} still holds what was ordered`);
      await pauseUnless(patience.signal, 200);
    }
  };

  /** Sets the quantity rather than adding it where an answer was lost, so that a repeated call cannot double it. */
  const fillCart = (productId: string, quantity: number): Promise<Cart> => {
    let isFirst = true;
    return again(async () => {
      const token = await signIn();
      const add = () =>
        timed('cart', () => api<Cart>('/api/v1/cart/items', { method: 'POST', body: { productId, quantity }, token }));
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
    /** Id of the customer's account, once it was signed in to. */
    userId: () => session?.userId,

    /**
     * Orders under a key, which stays the same however often the request is repeated, and returns the order as it was accepted.
     * What else was in the cart is gone.
     */
    order: async (productId: string, quantity: number, idempotencyKey: string): Promise<Order> => {
      await signIn();
      if (hasOrdered) await awaitEmptyCart(Date.now() + patience.seconds * 1000);
      if (isCartUnknown) await emptyCart();
      isCartUnknown = true;
      const { version, total } = await fillCart(productId, quantity);
      const body = {
        shippingAddress: address,
        payment: { method: 'card', token: 'tok_visa' },
        cartVersion: version,
        ...(total && { expectedTotal: total }),
      };
      const { order } = await again(async () => {
        const token = await signIn();
        const headers = { 'idempotency-key': idempotencyKey };
        return timed('order', () => api<{ order: Order }>('/api/v1/orders', { method: 'POST', headers, body, token }));
      });
      isCartUnknown = false;
      hasOrdered = true;
      return order;
    },

    /** The order once its outcome is known. */
    outcome: async (orderId: string): Promise<Order> => {
      const until = Date.now() + patience.seconds * 1000;
      for (let look = firstLookMs; ; look = Math.min(look * 1.5, longestLookMs)) {
        await pauseUnless(patience.signal, look);
        const { order } = await call<{ order: Order }>(`/api/v1/orders/${orderId}`);
        if (!waiting.includes(order.status)) return order;
        if (Date.now() > until)
          throw new Error(`order ${orderId} is still ${order.status} after ${patience.seconds} s`);
      }
    },

    /** Empties the cart of a purchase that did not come to its order; one try, within `deadlineMs`. */
    leave: async (leaving: ApiClient, deadlineMs: number): Promise<void> => {
      if (!session || !isCartUnknown) return;
      const { token } = session;
      await leaving('/api/v1/cart', { method: 'DELETE', token, deadlineMs }).catch(() => undefined);
    },
  };
};

export type Shopper = ReturnType<typeof createShopper>;
