/** Makes a rehearsal: a shop of its own, customers who buy, the loss, and then the judgement. */

import { freePortBase } from '../backups/free-ports.ts';
import { startShop } from '../bench/shop-under-test.ts';
import type { LawVerdict } from '../laws/check-laws.ts';
import { checkPlatform } from '../laws/check-platform.ts';
import type { LocalState } from '../local/state.ts';
import { stopPlatform } from '../local/stop-platform.ts';
import { type PlatformReplayReport, replayPlatform } from '../replay/replay-platform.ts';
import { services } from '../services.ts';
import { pauseUnless } from '../shop/patiently.ts';
import type { Drill, DrillCheck } from './drill.ts';

export type DrillOptions = {
  /** Where the ports of the shop begin; default free ones. */
  readonly portBase?: number | undefined;
  readonly say: (sentence: string) => void;
  readonly signal: AbortSignal;
};

export type DrillReport = {
  readonly drill: string;
  readonly sentence: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** From the first purchase to the verdict. */
  readonly seconds: number;
  /** What the drill did, with customers before, meanwhile and afterwards. */
  readonly drillSeconds: number;
  /** Longest time in which no order was accepted. */
  readonly outageSeconds: number;
  readonly purchases: Pick<PlatformReplayReport, 'purchases' | 'accepted' | 'settled' | 'failed' | 'retries'>;
  readonly checks: readonly DrillCheck[];
  readonly laws: readonly LawVerdict[];
  /** Everything that is not as it must be, a sentence each. */
  readonly findings: readonly string[];
};

/** At least; customers buy on until the loss is answered, however long a busy machine takes for it. */
const PURCHASES = 60;
const PER_SECOND = 2;
/** Purchases that end ahead of the loss. */
const BEFORE = 5;
/** For one request while the whole shop starts anew. */
const PATIENCE_SECONDS = 400;
const LAWS_WITHIN_SECONDS = 120;
const POLL_MS = 100;

const findingsOf = (report: PlatformReplayReport, checks: readonly DrillCheck[], laws: readonly LawVerdict[]) => {
  const { orders, mails, warehouse, failed, failures } = report;
  return [
    ...checks.filter(({ holds }) => !holds).map(({ sentence }) => `not so: ${sentence}`),
    ...orders.lost.map((id) => `order ${id} was answered with 201 and is lost`),
    ...orders.doubled.map((id) => `order ${id} is there and nobody asked for it`),
    ...(mails?.missing ?? []).map((id) => `order ${id} is paid and got no mail`),
    ...(warehouse?.missing ?? []).map((id) => `order ${id} is paid and has no row in the warehouse`),
    ...(failed > 0 ? [`${failed} purchases came to no end: ${failures.join('; ')}`] : []),
    ...laws.flatMap(({ id, violations }) => violations.map(({ subject, detail }) => `${id} ${subject} ${detail}`)),
  ];
};

/** Makes one on a shop that runs; what runs on its folder afterwards may be another. */
export const drillOn = async (
  state: LocalState,
  drill: Drill,
  { say, signal }: Omit<DrillOptions, 'portBase'>,
): Promise<DrillReport> => {
  const over = new AbortController();
  const ended = AbortSignal.any([signal, over.signal]);
  const tenths = (ms: number) => Math.round(ms / 100) / 10;
  try {
    const startedAt = new Date().toISOString();
    const from = performance.now();
    let isRestarting = false;
    let isAnswered = false;
    let [begun, settled, accepted, acceptedAt, longestMs] = [0, 0, 0, from, 0];
    const buying = replayPlatform({
      ...{ dataFolder: state.dataFolder, file: undefined, rate: PER_SECOND, limit: undefined, kills: undefined },
      isEnough: () => isAnswered && begun >= PURCHASES,
      ...{ patienceSeconds: PATIENCE_SECONDS, signal: ended, isRestarting: () => isRestarting },
      ...{ onKill: () => undefined, onRestart: () => undefined },
      onProgress: (progress) => {
        [begun, settled] = [progress.begun, progress.settled + progress.failed];
        if (progress.accepted === accepted) return;
        const now = performance.now();
        longestMs = Math.max(longestMs, now - acceptedAt);
        [accepted, acceptedAt] = [progress.accepted, now];
      },
      onMailWait: (missing) => say(`waiting for ${missing} mails`),
    });
    buying.catch((problem: unknown) => over.abort(problem));
    const afterPurchases = async (count: number) => {
      for (const goal = settled + count; settled < goal; ) await pauseUnless(ended, POLL_MS);
    };
    await afterPurchases(BEFORE);
    const drillFrom = performance.now();
    const checks = await drill.run({
      ...{ state, say, afterPurchases, signal: ended },
      onRestarting: (is) => {
        isRestarting = is;
      },
    });
    isAnswered = true;
    const drillSeconds = tenths(performance.now() - drillFrom);
    say('waiting for the last purchases');
    const report = await buying;
    say('checking the laws');
    const laws = await checkPlatform(state.dataFolder, {
      ...{ historyFile: report.history, limitSeconds: 0, patienceSeconds: LAWS_WITHIN_SECONDS },
      onWait: (waiting) => say(`waiting for ${waiting.map(({ id }) => id).join(', ')}`),
    });
    const { purchases, accepted: taken, settled: done, failed, retries } = report;
    return {
      ...{ drill: drill.name, sentence: drill.sentence, startedAt, drillSeconds },
      seconds: tenths(performance.now() - from),
      outageSeconds: tenths(longestMs),
      purchases: { purchases, accepted: taken, settled: done, failed, retries },
      ...{ checks, laws, findings: findingsOf(report, checks, laws) },
    };
  } finally {
    over.abort(new Error('the drill is over'));
  }
};

/** Makes one on a shop of its own, which is gone afterwards, whatever happened. */
export const runDrill = async (drill: Drill, { portBase, say, signal }: DrillOptions): Promise<DrillReport> => {
  say('starting a shop');
  const shop = await startShop({ portBase: portBase ?? (await freePortBase(services)), signal });
  try {
    return await drillOn(shop.state, drill, { say, signal });
  } finally {
    // The one that was started may have been ended; another runs on its folder then.
    await stopPlatform(shop.state.dataFolder).catch(() => undefined);
    await shop.stop();
  }
};
