import { readFile } from 'node:fs/promises';
import { type BenchReport, bench, type Load, type LoadFigures } from '../../../lib/bench/bench.ts';
import { type Comparison, compareLoads, type EarlierReport, readReport } from '../../../lib/bench/compare.ts';
import { exceeded } from '../../../lib/bench/purchase-cost.ts';
import { runningShop, startShop } from '../../../lib/bench/shop-under-test.ts';
import { wrapped } from '../../command-line/help.ts';
import { columns, paint, print, say } from '../../command-line/print.ts';
import type { BenchFlags } from '../bench.ts';

const QUICK: readonly Load[] = [{ buyers: 8, seconds: 20 }];
const FULL: readonly Load[] = [1, 8, 32].map((buyers) => ({ buyers, seconds: 30 }));

const row = ({ figure, now, earlier, ratio }: Comparison, isCompared: boolean): string[] => [
  `  ${figure}`,
  String(now),
  ...(isCompared ? [earlier === undefined ? '-' : String(earlier), ratio === undefined ? '-' : `x ${ratio}`] : []),
];

/** `orders 21.3, events 18, ...`: the largest first. */
const listed = (title: string, parts: Readonly<Record<string, number>> = {}): string[] =>
  wrapped(
    `  ${title}: ${Object.entries(parts)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}`,
  ).split('\n');

const loadLines = (who: string, load: LoadFigures, earlier: EarlierReport | undefined): string[] => [
  '',
  `${who}, ${load.purchases} purchases in ${load.seconds} s, ${load.looks} looks each`,
  ...columns([
    ['', 'now', ...(earlier ? ['earlier', 'ratio'] : [])],
    ...compareLoads(load, earlier).map((comparison) => row(comparison, earlier !== undefined)),
  ]),
  ...listed('transactions', load.cost.transactionsByDatabase),
  ...listed('calls', load.cost.callsByName),
  ...listed('CPU ms', load.cost.processorMsByProcess),
];

const aloneLines = ({ alone, oneStatement }: BenchReport): string[] => [
  ...(alone
    ? [
        '',
        'single calls, eight at once',
        ...columns([
          ['', 'a second', 'p50 ms', 'p99 ms'],
          ...Object.entries(alone).map(([name, { perSecond, p50, p99 }]) =>
            [`  ${name}`, perSecond, p50, p99].map(String),
          ),
        ]),
      ]
    : []),
  ...(oneStatement
    ? [
        '',
        `PostgreSQL alone writes ${oneStatement.perSecond} orders a second as one statement; eight buyers reach ${oneStatement.ratio} of that`,
      ]
    : []),
];

const linesOf = (report: BenchReport, earlier: EarlierReport | undefined): string[] => {
  const { loads, customers, machine, memoryMiB, memoryMiBByProcess, startSeconds } = report;
  return [
    ...loads.flatMap((load) => loadLines(load.buyers === 1 ? '1 buyer' : `${load.buyers} buyers`, load, earlier)),
    ...(customers
      ? [
          ...loadLines(`${customers.buyers} customers`, customers, undefined),
          `  log-in p50 ${customers.logIn.p50} ms, p99 ${customers.logIn.p99} ms`,
        ]
      : []),
    ...aloneLines(report),
    '',
    `memory ${memoryMiB.idle ?? '?'} MiB idle, ${memoryMiB.loaded ?? '?'} MiB loaded${startSeconds === null ? '' : `; first start ${startSeconds} s`}; ${machine.processors} x ${machine.model}`,
    ...listed('MiB idle', memoryMiBByProcess?.idle),
    ...listed('MiB loaded', memoryMiBByProcess?.loaded),
  ];
};

const failuresOf = ({ loads, customers }: BenchReport): string[] =>
  [...loads, ...(customers ? [customers] : [])].flatMap(({ buyers, failed, firstFailure, cost }) => [
    ...(failed > 0 ? [`${failed} purchases of ${buyers} buyers failed: ${firstFailure}`] : []),
    // Alone on a shop, one buyer also pays for everything that would go on without anybody; a customer's session is asked for at each call.
    ...(buyers === 8 && loads.some((load) => load.cost === cost) ? exceeded(cost) : []),
  ]);

/** Measures, prints, and fails on counts. */
export const runBench = async (flags: BenchFlags, signal: AbortSignal): Promise<void> => {
  const { quick = false, data, portBase, compare, json } = flags;
  const earlier = compare === undefined ? undefined : readReport(await readFile(compare, 'utf8'), compare);
  if (data === undefined) say('starting a shop');
  const shop = await (data === undefined ? startShop({ portBase, signal }) : runningShop(data));
  try {
    const report = await bench({ shop, loads: quick ? QUICK : FULL, isWhole: !quick, say, signal });
    print(json, report, () => linesOf(report, earlier));
    for (const failure of failuresOf(report)) {
      say(paint('bad', failure));
      process.exitCode = 1;
    }
  } finally {
    await shop.stop();
  }
};
