/** Measures a shop from outside: closed loops of buyers and of single calls, and what PostgreSQL, the services and the system counted meanwhile. */
import { cpus } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { createShopClient, type ShopClient } from '../../services/contracts/http/client.ts';
import { readProcessList } from '../local/process-list.ts';
import { residentMemories } from '../local/resident-memory.ts';
import type { LocalState } from '../local/state.ts';
import { services } from '../services.ts';
import { type AloneCall, type CallFigures, measureCallsAlone } from './call-loops.ts';
import { type ClosedLoopOptions, type LoopFigures, runClosedLoop } from './closed-loop.ts';
import { makeCustomers } from './customers.ts';
import { type CounterReader, openCounters } from './database-counters.ts';
import { type GrowthFigures, measureGrowth } from './growth.ts';
import { oneStatementPerSecond } from './one-statement.ts';
import { type OverloadFigures, overload } from './overload.ts';
import type { Percentiles } from './percentiles.ts';
import { readProcessorTime } from './processor-time.ts';
import { type PurchaseCost, purchaseCost, type Reading } from './purchase-cost.ts';
import { readCalls } from './service-calls.ts';
import type { ShopUnderTest } from './shop-under-test.ts';

/** Buyers at once, and for how long. */
export type Load = { readonly buyers: number; readonly seconds: number };

export type LoadFigures = LoopFigures & { readonly cost: PurchaseCost };

export type BenchReport = {
  readonly at: string;
  readonly machine: { readonly processors: number; readonly model: string };
  readonly startSeconds: number | null;
  /** MiB of the shop idle and right after the last load, pages that several share counted once; null where the system does not tell. */
  readonly memoryMiB: { readonly idle: number | null; readonly loaded: number | null };
  /** The same by process, `whole` being the shop; absent where the system does not tell. */
  readonly memoryMiBByProcess?: { readonly idle: MemoryMiB; readonly loaded: MemoryMiB } | undefined;
  readonly loads: readonly LoadFigures[];
  /** Eight customers with accounts, and their log-ins, which the load does not hold. */
  readonly customers?: LoadFigures & { readonly logIn: Percentiles };
  readonly alone?: Readonly<Record<AloneCall, CallFigures>>;
  /** What PostgreSQL alone writes a second for placing an order, and the purchases of eight buyers as a share of that. */
  readonly oneStatement?: { readonly perSecond: number; readonly ratio: number };
  readonly overload?: OverloadFigures;
  readonly growth?: readonly GrowthFigures[];
};

type MemoryMiB = Readonly<Record<string, number>>;

export type BenchOptions = {
  readonly shop: ShopUnderTest;
  readonly loads: readonly Load[];
  /** Whether customers, single calls and PostgreSQL alone are measured too. */
  readonly isWhole: boolean;
  /** Whether five times as many purchases are begun as eight buyers reached; default false. */
  readonly isOverloaded?: boolean | undefined;
  /** Sizes of the catalogue, rising, at which single calls are measured once more, last of all: what was added stays. Default none. */
  readonly productCounts?: readonly number[] | undefined;
  readonly say: (sentence: string) => void;
  readonly signal: AbortSignal;
};

/** Until code is compiled, caches are warm and connections open. */
const RAMP_SECONDS = 10;
/** What came before has ended by then: mails, consumers, idle connections. */
const SETTLE_MS = 5_000;
/** Products that the buyers choose from: enough that they seldom wait for each other's stock row. */
const PRODUCTS = 100;
const EXTRA_STOCK = 1_000_000;

const publicServices = services.filter((service) => service.public).map(({ name }) => name);

/** Fills the shelves, so that no load ends because something is sold out. */
const stockUp = async (api: ShopClient, { staff }: LocalState): Promise<string[]> => {
  const { accessToken: token } = await api.accounts.logIn({ body: staff });
  const { items } = await api.products.list({ query: { limit: PRODUCTS } });
  const body = { change: EXTRA_STOCK, reason: 'stock for a measurement' };
  for (const { id } of items) await api.products.adjustStock({ params: { id }, body }, { token });
  return items.map(({ id }) => id);
};

const CUSTOMERS = 8;
const ALONE_SECONDS = 8;
const OVERLOAD = 5;
const OVERLOAD_SECONDS = 10;

const processesOf = async ({ dataFolder }: LocalState): Promise<Record<string, number>> => {
  const listed = await readProcessList(dataFolder);
  return Object.fromEntries(listed.flatMap(({ name, pid }) => (pid === null ? [] : [[name, pid]])));
};

const memoryOf = async (state: LocalState): Promise<MemoryMiB | undefined> => {
  const bytes = await residentMemories({ whole: state.pid, ...(await processesOf(state)) });
  return bytes && Object.fromEntries(Object.entries(bytes).map(([name, of]) => [name, Math.round(of / 1024 ** 2)]));
};

const read = async (state: LocalState, counters: CounterReader): Promise<Reading> => {
  const started = await processesOf(state);
  const [database, calls, processorTime] = await Promise.all([
    counters.read(),
    readCalls(state, publicServices),
    readProcessorTime({ platform: state.pid, started }),
  ]);
  return { database, calls, processorTime };
};

/** Runs the loads one after the other, and then what is measured alone. Throws the reason of the signal once it is aborted. */
export const bench = async ({
  shop,
  loads,
  isWhole,
  isOverloaded = false,
  productCounts = [],
  say,
  signal,
}: BenchOptions): Promise<BenchReport> => {
  const { state, startSeconds = null } = shop;
  const api = createShopClient({ baseUrl: state.gateway });
  const counters = await openCounters(state);
  try {
    const productIds = await stockUp(api, state);
    await pause(SETTLE_MS, undefined, { signal });
    const idle = await memoryOf(state);
    let loaded = idle;
    const run = async (load: Load, more: Pick<ClosedLoopOptions<Reading>, 'visitorOf'> = {}): Promise<LoadFigures> => {
      const { figures, before, after } = await runClosedLoop({
        ...{ api, productIds, ...load, ...more, rampSeconds: RAMP_SECONDS, signal },
        read: () => read(state, counters),
      });
      loaded = await memoryOf(state);
      await pause(SETTLE_MS, undefined, { signal });
      return { ...figures, cost: purchaseCost(before, after, figures.purchases) };
    };
    const measured: LoadFigures[] = [];
    for (const load of loads) {
      say(`${load.buyers} buyers for ${load.seconds} s`);
      measured.push(await run(load));
    }
    const more = async (): Promise<Pick<BenchReport, 'customers' | 'alone' | 'oneStatement'>> => {
      say(`${CUSTOMERS} customers with accounts`);
      const { visitors, logIn } = await makeCustomers(api, CUSTOMERS);
      const seconds = ALONE_SECONDS;
      const customers = await run(
        { buyers: CUSTOMERS, seconds: 2 * seconds },
        { visitorOf: (buyer) => visitors[buyer] ?? {} },
      );
      say('product page, search and change of a cart, each alone');
      const alone = await measureCallsAlone(api, productIds, { seconds, signal });
      say('PostgreSQL alone');
      const perSecond = await oneStatementPerSecond(Object.values(state.databases)[0] as string, { seconds, signal });
      const sold = measured.find(({ buyers }) => buyers === CUSTOMERS)?.purchasesPerSecond ?? 0;
      const ratio = Math.round((sold / perSecond) * 10_000) / 10_000;
      return { customers: { ...customers, logIn }, alone, oneStatement: { perSecond, ratio } };
    };
    const alone = isWhole ? await more() : {};
    const best = measured.find(({ buyers }) => buyers === CUSTOMERS) ?? measured[0];
    const tooMuch = async (): Promise<Pick<BenchReport, 'overload'>> => {
      if (!isOverloaded || !best) return {};
      const perSecond = Math.ceil(OVERLOAD * best.purchasesPerSecond);
      say(`${perSecond} purchases a second, ${OVERLOAD} times as many as there were`);
      const options = { api, productIds, perSecond, seconds: OVERLOAD_SECONDS, calmMs: best.calls.whole.p50, signal };
      return { overload: await overload(options) };
    };
    const crowd = await tooMuch();
    const growth = productCounts.length > 0 && {
      growth: await measureGrowth(state, {
        ...{ api, productIds, sizes: productCounts, seconds: ALONE_SECONDS, say, signal },
      }),
    };
    return {
      at: new Date().toISOString(),
      machine: { processors: cpus().length, model: cpus()[0]?.model ?? 'unknown' },
      startSeconds,
      memoryMiB: { idle: idle?.['whole'] ?? null, loaded: loaded?.['whole'] ?? null },
      memoryMiBByProcess: idle && loaded && { idle, loaded },
      loads: measured,
      ...alone,
      ...crowd,
      ...growth,
    };
  } finally {
    await counters.close();
  }
};
