/** What one purchase costs: differences of counters, divided by the purchases between the two readings. Pure. */
import { buyerReads, countLimits } from './count-limits.ts';
import type { DatabaseCounters } from './database-counters.ts';
import type { ProcessorTime } from './processor-time.ts';
import type { CallCounts } from './service-calls.ts';

export type Reading = {
  readonly database: DatabaseCounters;
  readonly calls: CallCounts;
  /** Absent where the system does not tell. */
  readonly processorTime?: ProcessorTime | undefined;
};

/** Everything per purchase. */
export type PurchaseCost = {
  readonly transactions: number;
  readonly transactionsByDatabase: Readonly<Record<string, number>>;
  readonly walBytes: number;
  /** Between services, the buyer's reads apart. */
  readonly calls: number;
  readonly callsByName: Readonly<Record<string, number>>;
  readonly buyerReads: number;
  /** Milliseconds, the load generator's left out. */
  readonly processorMs?: number;
  readonly processorMsByProcess?: Readonly<Record<string, number>>;
};

const rounded = (value: number) => Math.round(value * 100) / 100;

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** Growth of each counter per purchase, largest first; what did not grow is left out. A counter that is new began at 0. */
const perPurchase = (
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
  purchases: number,
): Record<string, number> =>
  Object.fromEntries(
    Object.entries(after)
      // A process that started anew counts from 0 again.
      .map(([name, value]) => [name, value - (value < (before[name] ?? 0) ? 0 : (before[name] ?? 0))] as const)
      .filter(([, growth]) => growth > 0)
      .map(([name, growth]) => [name, rounded(growth / purchases)] as const)
      .toSorted(([, a], [, b]) => b - a),
  );

/** Throws where there were no purchases: nothing can be said of one then. */
export const purchaseCost = (before: Reading, after: Reading, purchases: number): PurchaseCost => {
  if (purchases < 1) throw new Error('not one purchase was paid between the two readings, so none can be counted');
  const transactionsByDatabase = perPurchase(before.database.transactions, after.database.transactions, purchases);
  const all = perPurchase(before.calls, after.calls, purchases);
  const isRead = (name: string) => buyerReads.includes(name);
  const callsByName = Object.fromEntries(Object.entries(all).filter(([name]) => !isRead(name)));
  const processorMsByProcess =
    before.processorTime && after.processorTime && perPurchase(before.processorTime, after.processorTime, purchases);
  return {
    transactions: rounded(sum(Object.values(transactionsByDatabase))),
    transactionsByDatabase,
    walBytes: Math.round((after.database.walBytes - before.database.walBytes) / purchases),
    calls: rounded(sum(Object.values(callsByName))),
    callsByName,
    buyerReads: rounded(sum(buyerReads.map((name) => all[name] ?? 0))),
    ...(processorMsByProcess && {
      processorMs: rounded(sum(Object.values(processorMsByProcess))),
      processorMsByProcess,
    }),
  };
};

/** One sentence for each count that is over its limit. */
export const exceeded = ({ transactions, calls }: Pick<PurchaseCost, 'transactions' | 'calls'>): string[] =>
  Object.entries({ transactions, calls }).flatMap(([name, value]) => {
    const limit = countLimits[name as keyof typeof countLimits];
    return value > limit
      ? [`a guest purchase takes ${value} ${name}, and lib/bench/count-limits.ts allows ${limit}`]
      : [];
  });
