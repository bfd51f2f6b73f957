/** Replays purchases at a steady rate, each customer's one after the other, and counts what became of them. */
import { setTimeout as pause } from 'node:timers/promises';
import type { ApiClient } from '../shop/api-client.ts';
import type { PastPurchase } from './purchases.ts';
import { createShelf, readShelf } from './shelf.ts';
import { createShopper, type Shopper } from './shopper.ts';

export type ReplayOptions = {
  readonly api: ApiClient;
  readonly purchases: readonly PastPurchase[];
  /** Purchases begun per second. */
  readonly rate: number;
  /** Seconds for which one request is repeated before its purchase counts as failed. */
  readonly patienceSeconds: number;
  /** Told of every accepted order at once, before its outcome is known. */
  readonly onAccepted: (promise: { orderId: string; idempotencyKey: string; total: number }) => Promise<void>;
  readonly onProgress: (progress: ReplayProgress) => void;
  readonly signal: AbortSignal;
};

export type ReplayProgress = { begun: number; accepted: number; settled: number; failed: number; retries: number };

export type ReplayReport = ReplayProgress & {
  readonly purchases: number;
  readonly customers: number;
  /** Orders by the state in which they ended. */
  readonly states: Readonly<Record<string, number>>;
  /** Cents: what the file says, and what the orders cost at today's prices. */
  readonly paidThen: number;
  readonly paidNow: number;
  readonly seconds: number;
  /** Settled purchases a second, from the first request to the last outcome. */
  readonly throughput: number;
  /** Milliseconds from the order's request to its acceptance, repeats included. */
  readonly placeMs: { readonly p50: number; readonly p95: number; readonly p99: number };
  /** The first few purchases that failed, with why. */
  readonly failures: readonly string[];
};

/** Purchases under way at once; beyond it the next ones begin late rather than pile up. */
const mostAtOnce = 128;
const shownFailures = 10;

const percentile = (sorted: readonly number[], share: number) =>
  Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);

/** Throws the reason of the signal once it is aborted; what is under way then is still waited for by its own requests. */
export const replay = async ({
  api,
  purchases,
  rate,
  patienceSeconds,
  onAccepted,
  onProgress,
  signal,
}: ReplayOptions): Promise<ReplayReport> => {
  const shelf = createShelf(await readShelf(api));
  const progress: ReplayProgress = { begun: 0, accepted: 0, settled: 0, failed: 0, retries: 0 };
  const shoppers = new Map<string, { shopper: Shopper; last: Promise<void> }>();
  const states = new Map<string, number>();
  const placeMs: number[] = [];
  const failures: string[] = [];
  let paidNow = 0;
  const patience = { seconds: patienceSeconds, onRetry: () => (progress.retries += 1) };

  const buy = async (shopper: Shopper, purchase: PastPurchase): Promise<void> => {
    try {
      const { productId, price } = shelf.choose(purchase);
      const startedAt = performance.now();
      const { order, idempotencyKey } = await shopper.order(productId, purchase.units);
      placeMs.push(performance.now() - startedAt);
      progress.accepted += 1;
      await onAccepted({ orderId: order.id, idempotencyKey, total: order.total.amount });
      if (order.total.amount !== price * purchase.units)
        throw new Error(`order ${order.id} costs ${order.total.amount}, not ${price * purchase.units}`);
      const { status, total } = await shopper.outcome(order.id);
      states.set(status, (states.get(status) ?? 0) + 1);
      progress.settled += 1;
      paidNow += total.amount;
    } catch (problem) {
      progress.failed += 1;
      if (failures.length < shownFailures)
        failures.push(`line ${purchase.line}: ${problem instanceof Error ? problem.message : String(problem)}`);
    }
  };

  const underWay = new Set<Promise<void>>();
  const begin = (purchase: PastPurchase) => {
    const known = shoppers.get(purchase.customer) ?? {
      shopper: createShopper(api, purchase.customer, patience),
      last: Promise.resolve(),
    };
    const run = known.last.then(() => buy(known.shopper, purchase));
    shoppers.set(purchase.customer, { shopper: known.shopper, last: run });
    underWay.add(run);
    void run.finally(() => underWay.delete(run));
  };

  const startedAt = performance.now();
  for (const [index, purchase] of purchases.entries()) {
    const early = startedAt + (index * 1000) / rate - performance.now();
    if (early > 1) await pause(early, undefined, { signal }).catch(() => signal.throwIfAborted());
    while (underWay.size >= mostAtOnce) await Promise.race(underWay);
    signal.throwIfAborted();
    progress.begun += 1;
    begin(purchase);
    onProgress(progress);
  }
  while (underWay.size > 0) {
    await Promise.race(underWay);
    onProgress(progress);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const sorted = placeMs.toSorted((a, b) => a - b);
  return {
    ...progress,
    purchases: purchases.length,
    customers: shoppers.size,
    states: Object.fromEntries(states),
    paidThen: purchases.reduce((sum, { cents }) => sum + cents, 0),
    paidNow,
    seconds: Math.round(seconds * 10) / 10,
    throughput: Math.round((progress.settled / seconds) * 10) / 10,
    placeMs: { p50: percentile(sorted, 0.5), p95: percentile(sorted, 0.95), p99: percentile(sorted, 0.99) },
    failures,
  };
};
