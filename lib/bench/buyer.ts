/** A visitor who buys one thing: cart, order, and looks until the order is decided. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { CallOptions } from '../../services/contracts/http/ask.ts';
import type { ShopClient } from '../../services/contracts/http/client.ts';
import { settledStatuses } from '../../services/contracts/http/order-api.ts';
import { createCookieFetch } from '../shop/cookie-fetch.ts';

/** Calls that are timed, each by itself; `whole` is the purchase from an empty cart to paid. */
export const timedCalls = ['cart', 'order', 'look', 'whole'] as const;
export type TimedCall = (typeof timedCalls)[number];

/** Who buys: a customer by the token, or a guest, whose own `fetch` keeps a session. */
export type Visitor = Pick<CallOptions, 'token' | 'fetch'>;

export const newGuest = (): Visitor => ({ fetch: createCookieFetch() });

/** Told of every call as it ends, in milliseconds. */
export type Timing = (call: TimedCall, ms: number) => void;

/** Milliseconds until the first look at an order; each next one waits half as long again, up to the longest. */
const FIRST_LOOK_MS = 10;
const LOOK_GROWTH = 1.5;
const LONGEST_LOOK_MS = 250;
/** Beyond it a purchase counts as failed. */
const PATIENCE_MS = 30_000;

const address = { name: 'Robin Bench', street: '1 Main Street', city: 'Springfield', zip: '12345', country: 'US' };

/** Buys one unit and resolves once it is paid. Throws what a door refused, or a sentence about the order's end. */
export const buy = async (api: ShopClient, productId: string, visitor: Visitor, timed: Timing): Promise<void> => {
  const begunAt = performance.now();
  const time = async <T>(call: TimedCall, work: () => Promise<T>): Promise<T> => {
    const askedAt = performance.now();
    const answer = await work();
    timed(call, performance.now() - askedAt);
    return answer;
  };
  const { version, total } = await time('cart', () => api.cart.add({ body: { productId, quantity: 1 } }, visitor));
  const body = {
    ...(visitor.token === undefined && { email: 'robin@bench.example' }),
    shippingAddress: address,
    payment: { method: 'card', token: 'tok_visa' },
    cartVersion: version,
    expectedTotal: total ?? undefined,
  } as const;
  const headers = { 'idempotency-key': randomUUID() };
  const { order: placed } = (await time('order', () => api.orders.place({ headers, body }, visitor))).body;
  let { status } = placed;
  for (let waitMs = FIRST_LOOK_MS; !settledStatuses.includes(status); waitMs *= LOOK_GROWTH) {
    if (performance.now() - begunAt > PATIENCE_MS) throw new Error(`order ${placed.id} is still ${status}`);
    await pause(Math.min(waitMs, LONGEST_LOOK_MS));
    ({ status } = (await time('look', () => api.orders.find({ params: { id: placed.id } }, visitor))).order);
  }
  if (status !== 'paid') throw new Error(`order ${placed.id} ended as ${status} instead of paid`);
  timed('whole', performance.now() - begunAt);
  // A customer keeps the cart, which hears of the order by its event: what would be put in before that is another purchase's.
  const isCartFilled = async () => (await api.cart.show({}, visitor)).items.length > 0;
  while (visitor.token !== undefined && (await isCartFilled())) {
    if (performance.now() - begunAt > PATIENCE_MS)
      throw new Error(`the cart still holds what order ${placed.id} bought`);
    await pause(LONGEST_LOOK_MS);
  }
};
