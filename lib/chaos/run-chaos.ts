/** A shop of its own under faults that follow from a seed while customers buy, healed, and judged. */
import { type ShopUnderTest, startShop } from '../bench/shop-under-test.ts';
import { checkPlatform } from '../laws/check-platform.ts';
import { readProcessList } from '../local/process-list.ts';
import { readState } from '../local/state.ts';
import { stopPlatform } from '../local/stop-platform.ts';
import type { ReplayProgress } from '../replay/replay.ts';
import { type PlatformReplayReport, replayPlatform } from '../replay/replay-platform.ts';
import { pauseUnless } from '../shop/patiently.ts';
import { reconcileBooks } from '../shop/reconcile-books.ts';
import { localShop, signInAsAdmin } from '../shop/staff-session.ts';
import { type Fault, faultPlan } from './fault-plan.ts';
import { inflictFault } from './inflict-fault.ts';
import { type Finding, findingsOfDrifts, type InvariantVerdict, judgeInvariants } from './invariants.ts';
import { watchLeases } from './lease-watch.ts';

export type ChaosOptions = {
  readonly minutes: number;
  readonly seed: number;
  /** Purchases begun per second. */
  readonly rate: number;
  /** Where the ports of the shop begin. */
  readonly portBase: number;
  readonly say: (sentence: string) => void;
  readonly onFault: (fault: Inflicted) => void;
  readonly onProgress: (progress: ReplayProgress, purchases: number) => void;
  readonly signal: AbortSignal;
};

export type Inflicted = Pick<Fault, 'kind' | 'targets' | 'lastsMs'> & {
  /** Seconds since the first purchase. */
  readonly atSeconds: number;
};

export type ChaosReport = {
  readonly seed: number;
  readonly minutes: number;
  readonly faults: readonly Inflicted[];
  /** What nobody inflicted, and why. */
  readonly notInflicted: readonly string[];
  readonly purchases: Pick<
    PlatformReplayReport,
    'purchases' | 'accepted' | 'settled' | 'failed' | 'retries' | 'states'
  >;
  /** Seconds after the last fault until every process was ready, and until every purchase had come to its end. */
  readonly healedSeconds: number;
  readonly drainedSeconds: number;
  readonly invariants: readonly InvariantVerdict[];
  /** How often each service was started again. */
  readonly restarts: Readonly<Record<string, number>>;
};

/** For a service whose restarts were put off; the longest pause between two is 5 s. */
const HEALED_WITHIN_MS = 120_000;
/** For one request while the whole shop starts anew. */
const PATIENCE_SECONDS = 180;
const LAWS_WITHIN_SECONDS = 120;
const POLL_MS = 200;
/** Longer than an order may go without a step before the sweeper takes it up. */
const RECONCILED_DAYS = 7;

const notInflicted = [
  'clock skew: it wants libfaketime, which is not there',
  'disk full: it wants a disk of its own size; lib/full-disk.int.test.ts has one for files and mails',
];

/** Processes that are not ready by the time that everything should be. */
const heal = async (dataFolder: string, signal: AbortSignal): Promise<readonly string[]> => {
  for (const until = performance.now() + HEALED_WITHIN_MS; ; await pauseUnless(signal, POLL_MS)) {
    const ill = (await readProcessList(dataFolder)).filter(({ state }) => state !== 'ready');
    if (ill.length === 0 || performance.now() > until) return ill.map(({ name }) => name);
  }
};

const findingsOfReplay = (report: PlatformReplayReport): Finding[] => {
  const { orders, mails, warehouse, accepted, failed, failures, purchases } = report;
  const each = (subjects: readonly string[], detail: string) => subjects.map((subject) => ({ subject, detail }));
  return [
    {
      letter: 'K',
      checked: accepted,
      violations: [
        ...each(orders.lost, 'was answered with 201 and is not there'),
        ...each(orders.doubled, 'is there and nobody asked for it'),
      ],
    },
    { letter: 'C', checked: mails?.expected ?? 0, violations: each(mails?.missing ?? [], 'is paid and got no mail') },
    {
      letter: 'H',
      checked: purchases,
      violations: [
        ...each(warehouse?.missing ?? [], 'is paid and has no row in the warehouse'),
        ...(failed > 0 ? [{ subject: `${failed} purchases`, detail: `came to no end: ${failures.join('; ')}` }] : []),
      ],
    },
  ];
};

const compareBooks = async (dataFolder: string, say: ChaosOptions['say']): Promise<Finding[]> => {
  const session = await signInAsAdmin(await localShop(dataFolder), undefined);
  try {
    const books = await reconcileBooks(session, { repair: false, days: RECONCILED_DAYS, progress: say });
    return findingsOfDrifts(books.drifts, books.reconciliation.compared.orders);
  } finally {
    await session.close().catch(() => undefined);
  }
};

const runOn = async (shop: ShopUnderTest, options: ChaosOptions): Promise<ChaosReport> => {
  const { minutes, seed, rate, say, onFault, onProgress, signal } = options;
  const { dataFolder, databases } = shop.state;
  const over = new AbortController();
  const ended = AbortSignal.any([signal, over.signal]);
  const faults: Inflicted[] = [];
  let isRestarting = false;
  const leases = watchLeases(databases);
  const startedAt = performance.now();
  const secondsNow = () => Math.round((performance.now() - startedAt) / 100) / 10;
  const inflictAll = async () => {
    for (const { afterMs, ...fault } of faultPlan(seed)) {
      await pauseUnless(ended, afterMs);
      if (secondsNow() > minutes * 60) return;
      const inflicted: Inflicted = { ...fault, atSeconds: secondsNow() };
      onFault(inflicted);
      faults.push(inflicted);
      await inflictFault(
        { ...fault, afterMs },
        {
          dataFolder,
          signal: ended,
          onRestarting: (is) => {
            isRestarting = is;
          },
        },
      );
    }
  };
  const buying = replayPlatform({
    ...{ dataFolder, file: undefined, rate, limit: Math.ceil(minutes * 60 * rate), kills: undefined, onProgress },
    ...{ patienceSeconds: PATIENCE_SECONDS, signal: ended, isRestarting: () => isRestarting },
    onKill: () => undefined,
    onRestart: () => undefined,
    onMailWait: (missing) => say(`waiting for ${missing} mails`),
  });
  try {
    await Promise.race([inflictAll(), buying.then(() => new Promise<never>(() => undefined))]);
    say('every fault is over; waiting until the shop has healed');
    const healedFrom = performance.now();
    const since = () => Math.round((performance.now() - healedFrom) / 100) / 10;
    const ill = await heal(dataFolder, ended);
    const healedSeconds = since();
    const report = await buying;
    const drainedSeconds = since();
    say('checking the laws');
    const laws = await checkPlatform(dataFolder, {
      historyFile: report.history,
      limitSeconds: 0,
      patienceSeconds: LAWS_WITHIN_SECONDS,
      onWait: (waiting) => say(`waiting for ${waiting.map(({ id }) => id).join(', ')}`),
    });
    say('comparing the books');
    const findings: Finding[] = [
      ...(await compareBooks(dataFolder, say)),
      ...findingsOfReplay(report),
      { letter: 'L', ...(await leases.finish()) },
      { letter: 'H', checked: 1, violations: ill.map((subject) => ({ subject, detail: 'does not run again' })) },
    ];
    const { purchases, accepted, settled, failed, retries, states } = report;
    const list = await readProcessList(dataFolder);
    return {
      ...{ seed, minutes, faults, notInflicted, healedSeconds, drainedSeconds },
      purchases: { purchases, accepted, settled, failed, retries, states },
      invariants: judgeInvariants(laws, findings),
      restarts: Object.fromEntries(list.map(({ name, restarts }) => [name, restarts])),
    };
  } finally {
    over.abort();
    await Promise.allSettled([buying, leases.finish()]);
  }
};

/** Runs for so many minutes and judges. The shop is gone afterwards, whatever happened. */
export const runChaos = async (options: ChaosOptions): Promise<ChaosReport> => {
  options.say('starting a shop');
  const shop = await startShop({ portBase: options.portBase, signal: options.signal });
  try {
    return await runOn(shop, options);
  } finally {
    // The one that was started may have been killed; another runs on its folder then.
    await stopPlatform((await readState(shop.state.dataFolder).catch(() => shop.state)).dataFolder).catch(
      () => undefined,
    );
    await shop.stop();
  }
};
