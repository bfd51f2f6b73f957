/** Orders that come in faster than the shop can sell: an open loop, in which nobody waits for anybody. */
import { setTimeout as pause } from 'node:timers/promises';
import { ApiProblem } from '../../services/contracts/http/ask.ts';
import type { ShopClient } from '../../services/contracts/http/client.ts';
import { buy, newGuest } from './buyer.ts';

export type OverloadFigures = {
  /** Purchases that were begun a second, a multiple of what the shop sold at best. */
  readonly begunPerSecond: number;
  readonly paidPerSecond: number;
  /** Purchases that a door refused with the time after which to come again, by code. */
  readonly refused: Readonly<Record<string, number>>;
  /** Purchases that ended in any other way; must be none. */
  readonly failed: number;
  readonly firstFailure?: string | undefined;
  /** Seconds after the last was begun until a purchase took no longer than three times what it took before. */
  readonly recoverySeconds: number;
};

export type OverloadOptions = {
  readonly api: ShopClient;
  readonly productIds: readonly string[];
  readonly perSecond: number;
  readonly seconds: number;
  /** Milliseconds of a purchase without any crowd. */
  readonly calmMs: number;
  readonly signal: AbortSignal;
};

const TICK_MS = 20;
const RECOVERED_WITHIN_MS = 120_000;
const CALM_AGAIN = 3;
const CALM_PAUSE_MS = 250;

/** Begins purchases at a rate for so long, waits for their ends, and for the shop to be as quick as before. Throws the signal's reason. */
export const overload = async (options: OverloadOptions): Promise<OverloadFigures> => {
  const { api, productIds, perSecond, seconds, calmMs, signal } = options;
  const refused: Record<string, number> = {};
  const failures: string[] = [];
  let begun = 0;
  let paid = 0;
  const attempt = () => {
    const productId = productIds[begun++ % productIds.length] as string;
    return buy(api, productId, newGuest(), () => undefined).then(
      () => {
        paid += 1;
      },
      (problem: unknown) => {
        const isRefusal = problem instanceof ApiProblem && problem.retryAfterSeconds !== undefined;
        if (isRefusal) refused[problem.code] = (refused[problem.code] ?? 0) + 1;
        else failures.push(problem instanceof Error ? problem.message : String(problem));
      },
    );
  };
  const running: Promise<void>[] = [];
  const begunAt = performance.now();
  for (let now = 0; now < seconds * 1_000; now = performance.now() - begunAt) {
    while (begun < (now / 1_000) * perSecond) running.push(attempt());
    await pause(TICK_MS, undefined, { signal });
  }
  const lasted = (performance.now() - begunAt) / 1_000;
  await Promise.all(running);
  const allEnded = (performance.now() - begunAt) / 1_000;
  const calmFrom = performance.now();
  for (;;) {
    const askedAt = performance.now();
    const isBought = await buy(api, productIds[0] as string, newGuest(), () => undefined).then(
      () => true,
      () => false,
    );
    if (isBought && performance.now() - askedAt <= CALM_AGAIN * calmMs) break;
    if (performance.now() - calmFrom > RECOVERED_WITHIN_MS) break;
    await pause(CALM_PAUSE_MS, undefined, { signal });
  }
  const toOneDecimal = (value: number) => Math.round(value * 10) / 10;
  return {
    begunPerSecond: toOneDecimal(begun / lasted),
    paidPerSecond: toOneDecimal(paid / allEnded),
    refused,
    failed: failures.length,
    firstFailure: failures[0],
    recoverySeconds: toOneDecimal(performance.now() / 1_000 - begunAt / 1_000 - lasted),
  };
};
