import Table from 'cli-table3';
import type { CostEstimate } from './estimate.ts';

const usd = (amount: number) => amount.toFixed(2);
const list = (title: string, lines: readonly string[]) =>
  `${title}\n${lines.map((line) => `  - ${line}`).join('\n')}\n`;

/** Items below this many USD a month are summed in one row. */
const SMALL = 2;

/** The estimate for people: stacks, the larger items, what is assumed, what is left out, what would lower it. */
export const costTable = ({
  environment,
  asOf,
  usdPerMonth,
  stacks,
  items,
  assumptions,
  leftOut,
  levers,
}: CostEstimate): string => {
  const perStack = new Table({
    head: ['stack', 'USD a month'],
    colAligns: ['left', 'right'],
    style: { head: [], border: [] },
  });
  for (const { stack, usdPerMonth: sum } of stacks) perStack.push([stack, usd(sum)]);
  perStack.push(['sum', usd(usdPerMonth)]);
  const large = items.filter((item) => item.usdPerMonth >= SMALL);
  const perItem = new Table({
    head: ['stack', 'item', 'USD a month'],
    colAligns: ['left', 'left', 'right'],
    style: { head: [], border: [] },
  });
  for (const { stack, what, usdPerMonth: sum } of large) perItem.push([stack, what, usd(sum)]);
  perItem.push([
    '',
    `${items.length - large.length} items below ${SMALL} USD`,
    usd(items.filter((item) => item.usdPerMonth < SMALL).reduce((sum, item) => sum + item.usdPerMonth, 0)),
  ]);
  return [
    `${environment}: about ${usd(usdPerMonth)} USD a month, list prices of ${asOf} or later\n`,
    `${perStack.toString()}\n${perItem.toString()}\n`,
    list('Assumed', assumptions),
    list('Left out, billed by use', leftOut),
    list('Levers', levers),
  ].join('');
};
