/** Buyers who begin the next purchase when the last one is paid. */
import { setTimeout as pause } from 'node:timers/promises';
import type { ShopClient } from '../../services/contracts/http/client.ts';
import { buy, newGuest, type TimedCall, timedCalls, type Visitor } from './buyer.ts';
import { type Percentiles, percentilesOf } from './percentiles.ts';

export type LoopFigures = {
  readonly buyers: number;
  readonly seconds: number;
  readonly purchases: number;
  readonly purchasesPerSecond: number;
  /** Looks at an order until it was paid, per purchase. */
  readonly looks: number;
  /** Milliseconds. */
  readonly calls: Readonly<Record<TimedCall, Percentiles>>;
  /** Purchases that did not end as paid, and the first reason. */
  readonly failed: number;
  readonly firstFailure?: string;
};

export type ClosedLoopOptions<Reading> = {
  readonly api: ShopClient;
  readonly productIds: readonly string[];
  readonly buyers: number;
  /** Who the buyer of that number is at the next purchase; default a new guest. */
  readonly visitorOf?: (buyer: number) => Visitor;
  /** Before anything is measured. */
  readonly rampSeconds: number;
  readonly seconds: number;
  /** Read when measuring begins and when it ends, both while the buyers buy. */
  readonly read: () => Promise<Reading>;
  readonly signal: AbortSignal;
};

export type ClosedLoopResult<Reading> = {
  readonly figures: LoopFigures;
  readonly before: Reading;
  readonly after: Reading;
};

const FAILED_PAUSE_MS = 100;

type Samples = { readonly times: Readonly<Record<TimedCall, number[]>>; readonly failures: string[] };

const emptySamples = (): Samples => ({ times: { cart: [], order: [], look: [], whole: [] }, failures: [] });

const figuresOf = ({ times, failures }: Samples, buyers: number, seconds: number): LoopFigures => {
  const purchases = times.whole.length;
  const toOneDecimal = (value: number) => Math.round(value * 10) / 10;
  return {
    buyers,
    seconds: toOneDecimal(seconds),
    purchases,
    purchasesPerSecond: toOneDecimal(purchases / seconds),
    looks: toOneDecimal(times.look.length / Math.max(1, purchases)),
    calls: Object.fromEntries(timedCalls.map((call) => [call, percentilesOf(times[call])])) as LoopFigures['calls'],
    failed: failures.length,
    ...(failures[0] !== undefined && { firstFailure: failures[0] }),
  };
};

/** Measures a loaded shop: what ends between the two readings counts, whenever it began. Throws the signal's reason. */
export const runClosedLoop = async <Reading>({
  api,
  productIds,
  buyers,
  visitorOf = newGuest,
  rampSeconds,
  seconds,
  read,
  signal,
}: ClosedLoopOptions<Reading>): Promise<ClosedLoopResult<Reading>> => {
  const ending = new AbortController();
  let samples = emptySamples();
  let next = 0;
  const buyOn = async (buyer: number) => {
    while (!ending.signal.aborted) {
      const productId = productIds[next++ % productIds.length] as string;
      await buy(api, productId, visitorOf(buyer), (call, ms) => samples.times[call].push(ms)).catch(
        async (problem: Error) => {
          samples.failures.push(problem.message);
          // A shop that refuses everything is not asked as fast as it can refuse.
          await pause(FAILED_PAUSE_MS);
        },
      );
    }
  };
  const running = Promise.all(Array.from({ length: buyers }, (_, buyer) => buyOn(buyer)));
  try {
    await pause(rampSeconds * 1_000, undefined, { signal });
    const before = await read();
    samples = emptySamples();
    const begunAt = performance.now();
    await pause(seconds * 1_000, undefined, { signal });
    const measured = samples;
    const lasted = (performance.now() - begunAt) / 1_000;
    samples = emptySamples();
    const after = await read();
    return { figures: figuresOf(measured, buyers, lasted), before, after };
  } finally {
    ending.abort();
    await running;
  }
};
