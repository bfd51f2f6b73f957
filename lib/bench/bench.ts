/** Measures a shop from outside: closed loops of guest buyers, and what PostgreSQL, the services and the system counted meanwhile. */
import { cpus } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { createShopClient, type ShopClient } from '../../services/contracts/http/client.ts';
import { readProcessList } from '../local/process-list.ts';
import { residentMemory } from '../local/resident-memory.ts';
import type { LocalState } from '../local/state.ts';
import { services } from '../services.ts';
import { type LoopFigures, runClosedLoop } from './closed-loop.ts';
import { type CounterReader, openCounters } from './database-counters.ts';
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
  readonly loads: readonly LoadFigures[];
};

export type BenchOptions = {
  readonly shop: ShopUnderTest;
  readonly loads: readonly Load[];
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

const memoryOf = async (state: LocalState) => {
  const bytes = await residentMemory(state.pid);
  return bytes === undefined ? null : Math.round(bytes / 1024 ** 2);
};

const read = async (state: LocalState, counters: CounterReader): Promise<Reading> => {
  const listed = await readProcessList(state.dataFolder);
  const pids = Object.fromEntries(listed.flatMap(({ name, pid }) => (pid === null ? [] : [[name, pid]])));
  const [database, calls, processorTime] = await Promise.all([
    counters.read(),
    readCalls(state, publicServices),
    readProcessorTime({ platform: state.pid, started: pids }),
  ]);
  return { database, calls, processorTime };
};

/** Runs the loads one after the other. Throws the reason of the signal once it is aborted. */
export const bench = async ({ shop, loads, say, signal }: BenchOptions): Promise<BenchReport> => {
  const { state, startSeconds = null } = shop;
  const api = createShopClient({ baseUrl: state.gateway });
  const counters = await openCounters(state);
  try {
    const productIds = await stockUp(api, state);
    await pause(SETTLE_MS, undefined, { signal });
    const idle = await memoryOf(state);
    const measured: LoadFigures[] = [];
    let loaded = idle;
    for (const load of loads) {
      say(`${load.buyers} buyers for ${load.seconds} s`);
      const { figures, before, after } = await runClosedLoop({
        ...{ api, productIds, ...load, rampSeconds: RAMP_SECONDS, signal },
        read: () => read(state, counters),
      });
      measured.push({ ...figures, cost: purchaseCost(before, after, figures.purchases) });
      loaded = await memoryOf(state);
      await pause(SETTLE_MS, undefined, { signal });
    }
    return {
      at: new Date().toISOString(),
      machine: { processors: cpus().length, model: cpus()[0]?.model ?? 'unknown' },
      startSeconds,
      memoryMiB: { idle, loaded },
      loads: measured,
    };
  } finally {
    await counters.close();
  }
};
