/** Replays purchases at a steady rate, each customer's one after the other, and counts what became of them. */
import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import type { ApiClient } from '../shop/api-client.ts';
import { pauseUnless } from '../shop/patiently.ts';
import type { PastPurchase } from './purchases.ts';
import { createShelf, readShelf } from './shelf.ts';
import { type Asked, createShopper, type Shopper } from './shopper.ts';
import { type Spread, spreadOf } from './spread.ts';

/** An order that was answered with 201. */
export type Accepted = {
  readonly orderId: string;
  readonly idempotencyKey: string;
  /** Cents. */
  readonly total: number;
  /** Account of the customer. */
  readonly userId: string;
};

export type ReplayOptions = {
  readonly api: ApiClient;
  readonly purchases: readonly PastPurchase[];
  /** Purchases begun per second. */
  readonly rate: number;
  /** Seconds for which one request is repeated before its purchase counts as failed. */
  readonly patienceSeconds: number;
  /** Asked before each purchase, with its number from 0; it begins when this resolves. Default at once. */
  readonly before?: (purchase: number) => Promise<void>;
  /** Asked ahead of each purchase: once it is so, no further one begins. Default never. */
  readonly isEnough?: () => boolean;
  /** Told of each idempotency key before its order is asked for. */
  readonly onOrdering?: (idempotencyKey: string) => void;
  /** Told of every accepted order at once, before its outcome is known. */
  readonly onAccepted: (accepted: Accepted) => Promise<void>;
  /** Told of the state in which an order ended. */
  readonly onSettled?: (orderId: string, status: string) => void;
  readonly onProgress: (progress: ReplayProgress) => void;
  readonly signal: AbortSignal;
};

export type ReplayProgress = {
  begun: number;
  accepted: number;
  settled: number;
  failed: number;
  retries: number;
  /** Since the first purchase. */
  seconds: number;
};

export type ReplayReport = ReplayProgress & {
  readonly purchases: number;
  readonly customers: number;
  /** Orders by the state in which they ended. */
  readonly states: Readonly<Record<string, number>>;
  /** Cents: what the file says, and what the orders cost at today's prices. */
  readonly paidThen: number;
  readonly paidNow: number;
  /** Settled purchases a second, from the first request to the last outcome. */
  readonly throughput: number;
  /** How long the shop took for single requests that it granted. */
  readonly answerMs: Readonly<Record<Asked, Spread>>;
  /** How late purchases began, and their sign-ins came to their turn, by limits of the replay itself: no part of `answerMs`. */
  readonly queueMs: Spread;
  /** The first few purchases that failed, with why. */
  readonly failures: readonly string[];
};

/** Purchases under way at once; beyond it the next ones begin late rather than pile up. */
export const PURCHASES_AT_ONCE = 128;
const shownFailures = 10;
/** Milliseconds for emptying a cart that a purchase left behind, and how many at once. */
const LEAVE_WITHIN_MS = 2_000;
const LEAVING_AT_ONCE = 16;

/** Throws the reason of the signal soon after it is aborted, when what was under way is given up and its carts are empty. */
export const replay = async (options: ReplayOptions): Promise<ReplayReport> => {
  const { purchases, rate, patienceSeconds, before, isEnough, onOrdering, onAccepted, onSettled, onProgress, signal } =
    options;
  const api: ApiClient = (path, request) => options.api(path, { ...request, signal });
  const shelf = createShelf(await readShelf(api));
  const progress: ReplayProgress = { begun: 0, accepted: 0, settled: 0, failed: 0, retries: 0, seconds: 0 };
  const shoppers = new Map<string, { shopper: Shopper; last: Promise<void> }>();
  const states = new Map<string, number>();
  const answers: Record<Asked, number[]> = { signIn: [], cart: [], order: [] };
  const queued: number[] = [];
  const turnMs = new Map<string, number>();
  const failures: string[] = [];
  let paidNow = 0;
  const patience = { seconds: patienceSeconds, onRetry: () => (progress.retries += 1), signal };

  const buy = async (shopper: Shopper, purchase: PastPurchase): Promise<void> => {
    const { productId, price } = shelf.choose(purchase);
    const idempotencyKey = randomUUID();
    onOrdering?.(idempotencyKey);
    const order = await shopper.order(productId, purchase.units, idempotencyKey);
    progress.accepted += 1;
    const total = order.total.amount;
    await onAccepted({ orderId: order.id, idempotencyKey, total, userId: shopper.userId() ?? '' });
    if (total !== price * purchase.units)
      throw new Error(`order ${order.id} costs ${total}, not ${price * purchase.units}`);
    const { status } = await shopper.outcome(order.id);
    states.set(status, (states.get(status) ?? 0) + 1);
    progress.settled += 1;
    onSettled?.(order.id, status);
    paidNow += total;
  };

  const fail = (purchase: PastPurchase, problem: unknown) => {
    if (signal.aborted) return;
    progress.failed += 1;
    if (failures.length < shownFailures)
      failures.push(`line ${purchase.line}: ${problem instanceof Error ? problem.message : String(problem)}`);
  };

  const enter = (customer: string) => ({
    shopper: createShopper({
      ...{ api, customer, patience },
      onAnswer: (asked, milliseconds) => answers[asked].push(milliseconds),
      onTurn: (milliseconds) => turnMs.set(customer, (turnMs.get(customer) ?? 0) + milliseconds),
    }),
    last: Promise.resolve(),
  });

  const underWay = new Set<Promise<void>>();
  const begin = (purchase: PastPurchase, dueAt: number) => {
    const { shopper, last } = shoppers.get(purchase.customer) ?? enter(purchase.customer);
    const run = last.then(async () => {
      const lateMs = Math.max(0, performance.now() - dueAt);
      await buy(shopper, purchase).catch((problem: unknown) => fail(purchase, problem));
      queued.push(lateMs + (turnMs.get(purchase.customer) ?? 0));
      turnMs.delete(purchase.customer);
    });
    shoppers.set(purchase.customer, { shopper, last: run });
    underWay.add(run);
    void run.finally(() => underWay.delete(run));
  };

  const startedAt = performance.now();
  const tell = () => {
    progress.seconds = Math.round((performance.now() - startedAt) / 100) / 10;
    onProgress(progress);
  };
  try {
    for (const [index, purchase] of purchases.entries()) {
      const dueAt = startedAt + (index * 1000) / rate;
      if (dueAt - performance.now() > 1) await pauseUnless(signal, dueAt - performance.now());
      while (underWay.size >= PURCHASES_AT_ONCE) await Promise.race(underWay);
      await before?.(index);
      signal.throwIfAborted();
      if (isEnough?.()) break;
      progress.begun += 1;
      begin(purchase, dueAt);
      tell();
    }
    while (underWay.size > 0) {
      await Promise.race(underWay);
      tell();
    }
    signal.throwIfAborted();
  } finally {
    await Promise.all(underWay);
    const inTurn = pLimit(LEAVING_AT_ONCE);
    await inTurn.map([...shoppers.values()], ({ shopper }) => shopper.leave(options.api, LEAVE_WITHIN_MS));
  }
  return {
    ...progress,
    purchases: progress.begun,
    customers: shoppers.size,
    states: Object.fromEntries(states),
    paidThen: purchases.slice(0, progress.begun).reduce((sum, { cents }) => sum + cents, 0),
    paidNow,
    throughput: Math.round((progress.settled / progress.seconds) * 10) / 10,
    answerMs: { signIn: spreadOf(answers.signIn), cart: spreadOf(answers.cart), order: spreadOf(answers.order) },
    queueMs: spreadOf(queued),
    failures,
  };
};
