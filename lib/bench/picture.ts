/** A report as a picture: where the processor time and the transactions of a purchase go, load by load. Pure. */
import { chart, frame, type Stack } from '../pictures/bar-chart.ts';
import type { BenchReport } from './bench.ts';

/** SVG with one bar a load for processor time, and one for transactions. */
export const pictureOf = ({ loads, machine, at }: BenchReport): string => {
  const labelOf = (buyers: number, perSecond: number) =>
    `${buyers} ${buyers === 1 ? 'buyer' : 'buyers'}, ${perSecond}/s`;
  const stacksOf = (partsOf: (load: BenchReport['loads'][number]) => Stack['parts']): Stack[] =>
    loads.map((load) => ({ label: labelOf(load.buyers, load.purchasesPerSecond), parts: partsOf(load) }));
  const time = chart(
    'Processor time of a purchase',
    'ms',
    stacksOf(({ cost }) => cost.processorMsByProcess ?? {}),
    40,
  );
  const transactions = chart(
    'Transactions of a purchase',
    '',
    stacksOf(({ cost }) => cost.transactionsByDatabase),
    40 + time.height,
  );
  const height = 40 + time.height + transactions.height;
  return frame(`${at.slice(0, 10)}, ${machine.processors} x ${machine.model}`, [time.svg, transactions.svg], height);
};
