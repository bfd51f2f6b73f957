/** A visitor without an account who buys one thing: cart, order, and looks until the order is decided. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Cart } from '../../services/contracts/http/cart-api.ts';
import { type Order, settledStatuses } from '../../services/contracts/http/order-api.ts';
import type { ApiClient } from '../shop/api-client.ts';

/** Calls that are timed, each by itself; `whole` is the purchase from an empty cart to paid. */
export const timedCalls = ['cart', 'order', 'look', 'whole'] as const;
export type TimedCall = (typeof timedCalls)[number];

/** Told of every call as it ends, in milliseconds. */
export type Timing = (call: TimedCall, ms: number) => void;

/** Milliseconds until the first look at an order; each next one waits half as long again, up to the longest. */
const FIRST_LOOK_MS = 10;
const LOOK_GROWTH = 1.5;
const LONGEST_LOOK_MS = 250;
/** Beyond it a purchase counts as failed. */
const PATIENCE_MS = 30_000;

const address = { name: 'Robin Bench', street: '1 Main Street', city: 'Springfield', zip: '12345', country: 'US' };

/** Buys one unit as a new guest and resolves once it is paid. Throws what a door refused, or a sentence about the order's end. */
export const buyAsGuest = async (api: ApiClient, productId: string, timed: Timing): Promise<void> => {
  const cookies = new Map<string, string>();
  const begunAt = performance.now();
  const time = async <T>(call: TimedCall, work: () => Promise<T>): Promise<T> => {
    const askedAt = performance.now();
    const answer = await work();
    timed(call, performance.now() - askedAt);
    return answer;
  };
  const { version, total } = await time('cart', () =>
    api<Cart>('/api/v1/cart/items', { method: 'POST', cookies, body: { productId, quantity: 1 } }),
  );
  const { order: placed } = await time('order', () =>
    api<{ order: Order }>('/api/v1/orders', {
      method: 'POST',
      cookies,
      headers: { 'idempotency-key': randomUUID() },
      body: {
        email: 'robin@bench.example',
        shippingAddress: address,
        payment: { method: 'card', token: 'tok_visa' },
        cartVersion: version,
        ...(total && { expectedTotal: total }),
      },
    }),
  );
  let { status } = placed;
  for (let waitMs = FIRST_LOOK_MS; !settledStatuses.includes(status); waitMs *= LOOK_GROWTH) {
    if (performance.now() - begunAt > PATIENCE_MS) throw new Error(`order ${placed.id} is still ${status}`);
    await pause(Math.min(waitMs, LONGEST_LOOK_MS));
    ({ status } = (await time('look', () => api<{ order: Order }>(`/api/v1/orders/${placed.id}`, { cookies }))).order);
  }
  if (status !== 'paid') throw new Error(`order ${placed.id} ended as ${status} instead of paid`);
  timed('whole', performance.now() - begunAt);
};
