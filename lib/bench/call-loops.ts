/** One kind of call at a time, asked again as soon as it is answered. */
import { setTimeout as pause } from 'node:timers/promises';
import type { ShopClient } from '../../services/contracts/http/client.ts';
import { newGuest } from './buyer.ts';
import { type Percentiles, percentilesOf } from './percentiles.ts';

/** Milliseconds of one call, and how many were answered a second. */
export type CallFigures = Percentiles & { readonly perSecond: number; readonly failed: number };

/** Calls that are measured alone: product page, search, and a change of a cart. */
export const aloneCalls = ['product', 'search', 'cart-change'] as const;
export type AloneCall = (typeof aloneCalls)[number];

/** Until code is compiled and caches are warm. */
const RAMP_MS = 2_000;
const WORDS = ['the', 'love', 'night', 'a', 'man', 'king', 'last', 'blue'];
const MOST_OF_ONE = 99;

/** Asks with so many at once for so long, and counts what came after the ramp. Throws the signal's reason. */
const measure = async (
  clients: readonly (() => Promise<unknown>)[],
  { seconds, signal }: { readonly seconds: number; readonly signal: AbortSignal },
): Promise<CallFigures> => {
  let times: number[] = [];
  let failed = 0;
  let isOver = false;
  const ask = async (call: () => Promise<unknown>) => {
    while (!isOver) {
      const askedAt = performance.now();
      await call().then(
        () => times.push(performance.now() - askedAt),
        () => (failed += 1),
      );
    }
  };
  const asking = Promise.all(clients.map(ask));
  try {
    await pause(RAMP_MS, undefined, { signal });
    times = [];
    failed = 0;
    const begunAt = performance.now();
    await pause(seconds * 1_000, undefined, { signal });
    const lasted = (performance.now() - begunAt) / 1_000;
    return { ...percentilesOf(times), perSecond: Math.round(times.length / lasted), failed };
  } finally {
    isOver = true;
    await asking;
  }
};

/** Measures each kind of call alone, with eight at once. */
export const measureCallsAlone = async (
  api: ShopClient,
  productIds: readonly string[],
  { seconds, signal }: { readonly seconds: number; readonly signal: AbortSignal },
): Promise<Record<AloneCall, CallFigures>> => {
  let next = 0;
  const nextOf = <T>(list: readonly T[]) => list[next++ % list.length] as T;
  const readers = (call: () => Promise<unknown>) => Array.from({ length: 8 }, () => call);
  const shoppers = await Promise.all(
    Array.from({ length: 8 }, async () => {
      const visitor = newGuest();
      const productId = nextOf(productIds);
      await api.cart.add({ body: { productId, quantity: 1 } }, visitor);
      let quantity = 1;
      return () => {
        quantity = (quantity % MOST_OF_ONE) + 1;
        return api.cart.change({ params: { productId }, body: { quantity } }, visitor);
      };
    }),
  );
  const options = { seconds, signal };
  return {
    product: await measure(
      readers(() => api.products.find({ params: { id: nextOf(productIds) } })),
      options,
    ),
    search: await measure(
      readers(() => api.products.list({ query: { q: nextOf(WORDS), limit: 20 } })),
      options,
    ),
    'cart-change': await measure(shoppers, options),
  };
};
