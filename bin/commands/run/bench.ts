import { readFile } from 'node:fs/promises';
import { type BenchReport, bench, type Load } from '../../../lib/bench/bench.ts';
import { readReport } from '../../../lib/bench/compare.ts';
import { pictureOf } from '../../../lib/bench/picture.ts';
import { exceeded } from '../../../lib/bench/purchase-cost.ts';
import { runningShop, startShop } from '../../../lib/bench/shop-under-test.ts';
import { writeFileAtomically } from '../../../lib/write-file-atomically.ts';
import { paint, print, say } from '../../command-line/print.ts';
import type { BenchFlags } from '../bench.ts';
import { benchLines } from './bench-lines.ts';

const QUICK: readonly Load[] = [{ buyers: 8, seconds: 20 }];
const FULL: readonly Load[] = [1, 8, 32].map((buyers) => ({ buyers, seconds: 30 }));
const GROWTH: readonly number[] = [10_000, 1_000_000];

const failuresOf = ({ loads, customers, overload }: BenchReport): string[] => [
  ...[...loads, ...(customers ? [customers] : [])].flatMap(({ buyers, failed, firstFailure }) =>
    failed > 0 ? [`${failed} purchases of ${buyers} buyers failed: ${firstFailure}`] : [],
  ),
  // Alone on a shop, one buyer also pays for everything that would go on without anybody; a customer's session is asked for at each call.
  ...loads.flatMap(({ buyers, cost }) => (buyers === 8 ? exceeded(cost) : [])),
  ...(overload && overload.failed > 0
    ? [`${overload.failed} purchases of too many ended without a refusal: ${overload.firstFailure}`]
    : []),
];

/** Measures, prints, and fails on counts. */
export const runBench = async (flags: BenchFlags, signal: AbortSignal): Promise<void> => {
  const { quick = false, data, portBase, compare, events, overload, growth, picture, json } = flags;
  const earlier = compare === undefined ? undefined : readReport(await readFile(compare, 'utf8'), compare);
  if (growth && data !== undefined)
    throw new Error(
      `--growth fills the catalogue with a million products, which stay; leave out --data ${data} to measure a new shop`,
    );
  if (data === undefined) say('starting a shop');
  const shop = await (data === undefined ? startShop({ portBase, events, signal }) : runningShop(data));
  try {
    const report = await bench({
      ...{ shop, loads: quick ? QUICK : FULL, isWhole: !quick, isOverloaded: overload, say, signal },
      productCounts: growth ? GROWTH : [],
    });
    // Printed first: a place that takes no file must not cost the figures.
    print(json, report, () => benchLines(report, earlier));
    if (picture !== undefined) await writeFileAtomically(picture, pictureOf(report));
    for (const failure of failuresOf(report)) {
      say(paint('bad', failure));
      process.exitCode = 1;
    }
  } finally {
    await shop.stop();
  }
};
