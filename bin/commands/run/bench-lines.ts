/** A report of the bench as people read it. */
import type { BenchReport, LoadFigures } from '../../../lib/bench/bench.ts';
import type { CallFigures } from '../../../lib/bench/call-loops.ts';
import { type Comparison, compareLoads, type EarlierReport } from '../../../lib/bench/compare.ts';
import { wrapped } from '../../command-line/help.ts';
import { columns } from '../../command-line/print.ts';

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

const loadLines = (who: string, load: LoadFigures, earlier?: EarlierReport): string[] => [
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

const callLines = (title: string, figures: Readonly<Record<string, CallFigures>>): string[] => [
  '',
  title,
  ...columns([
    ['', 'a second', 'p50 ms', 'p99 ms', 'failed'],
    ...Object.entries(figures).map(([name, { perSecond, p50, p99, failed }]) =>
      [`  ${name}`, perSecond, p50, p99, failed].map(String),
    ),
  ]),
];

const customerLines = ({ customers }: BenchReport): string[] =>
  customers
    ? [
        ...loadLines(`${customers.buyers} customers`, customers),
        `  log-in p50 ${customers.logIn.p50} ms, p99 ${customers.logIn.p99} ms`,
      ]
    : [];

const overloadLines = ({ overload }: BenchReport): string[] =>
  overload
    ? [
        '',
        `${overload.begunPerSecond} purchases a second begun: ${overload.paidPerSecond} paid, calm again after ${overload.recoverySeconds} s`,
        ...listed('refused with Retry-After', overload.refused),
        `  failed otherwise: ${overload.failed}${overload.firstFailure === undefined ? '' : ` (${overload.firstFailure})`}`,
      ]
    : [];

const oneStatementLines = ({ oneStatement }: BenchReport): string[] =>
  oneStatement
    ? [
        '',
        `PostgreSQL alone writes ${oneStatement.perSecond} orders a second as one statement; eight buyers reach ${oneStatement.ratio} of that`,
      ]
    : [];

/** Lines of a report, with an earlier one beside the loads of guests. */
export const benchLines = (report: BenchReport, earlier: EarlierReport | undefined): string[] => {
  const { loads, alone, growth = [], machine, memoryMiB, memoryMiBByProcess, startSeconds } = report;
  return [
    ...loads.flatMap((load) => loadLines(load.buyers === 1 ? '1 buyer' : `${load.buyers} buyers`, load, earlier)),
    ...customerLines(report),
    ...(alone ? callLines('single calls, eight at once', alone) : []),
    ...oneStatementLines(report),
    ...overloadLines(report),
    ...growth.flatMap((grown) => callLines(`${grown.products} products`, grown.alone)),
    '',
    `memory ${memoryMiB.idle ?? '?'} MiB idle, ${memoryMiB.loaded ?? '?'} MiB loaded${startSeconds === null ? '' : `; first start ${startSeconds} s`}; ${machine.processors} x ${machine.model}`,
    ...listed('MiB idle', memoryMiBByProcess?.idle),
    ...listed('MiB loaded', memoryMiBByProcess?.loaded),
  ];
};
