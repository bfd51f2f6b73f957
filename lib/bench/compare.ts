/** Two reports beside each other. Pure. */
import { z } from 'zod';
import type { BenchReport, LoadFigures } from './bench.ts';

export type Comparison = {
  readonly figure: string;
  readonly now: number;
  readonly earlier?: number | undefined;
  /** Now divided by earlier, to two decimals; undefined where there is nothing to divide by. */
  readonly ratio?: number | undefined;
};

const percentiles = z.looseObject({ p50: z.number(), p95: z.number(), p99: z.number() });

/** What a comparison needs of a file that `--json` wrote. */
const earlierReport = z.looseObject({
  loads: z.array(
    z.looseObject({
      buyers: z.number(),
      purchasesPerSecond: z.number(),
      calls: z.looseObject({ order: percentiles, whole: percentiles }),
      cost: z.looseObject({
        transactions: z.number(),
        calls: z.number(),
        walBytes: z.number(),
        processorMs: z.number().optional(),
      }),
    }),
  ),
});

export type EarlierReport = z.output<typeof earlierReport>;

/** Reads what `--json` printed. Throws one sentence for anything else. */
export const readReport = (text: string, file: string): EarlierReport => {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw new Error(`${file} holds no JSON; give a file that "npm run bench -- --json" wrote`);
  }
  const { data, error } = earlierReport.safeParse(given);
  if (data) return data;
  const [issue] = error.issues;
  throw new Error(
    `${file} is no report of the bench (${issue?.path.join('.')}: ${issue?.message}); give a file that "npm run bench -- --json" wrote`,
  );
};

type Load = Pick<LoadFigures, 'buyers' | 'purchasesPerSecond'> & EarlierReport['loads'][number];

const figuresOf = ({ purchasesPerSecond, calls, cost }: Load): Record<string, number> => ({
  'purchases a second': purchasesPerSecond,
  'transactions a purchase': cost.transactions,
  'calls a purchase': cost.calls,
  'WAL bytes a purchase': cost.walBytes,
  ...(cost.processorMs !== undefined && { 'CPU ms a purchase': cost.processorMs }),
  'order p50 ms': calls.order.p50,
  'order p99 ms': calls.order.p99,
  'cart to paid p50 ms': calls.whole.p50,
  'cart to paid p99 ms': calls.whole.p99,
});

/** The figures of one load, beside those of the earlier report's load with as many buyers. */
export const compareLoads = (
  load: BenchReport['loads'][number],
  earlier: EarlierReport | undefined,
): readonly Comparison[] => {
  const same = earlier?.loads.find(({ buyers }) => buyers === load.buyers);
  const then = same && figuresOf(same);
  return Object.entries(figuresOf(load as Load)).map(([figure, now]) => {
    const before = then?.[figure];
    return { figure, now, earlier: before, ...(before && { ratio: Math.round((now / before) * 100) / 100 }) };
  });
};
