import { costOf } from '../../../lib/cost/cost-of.ts';
import { costTable } from '../../../lib/cost/cost-table.ts';
import { print, say } from '../../command-line/print.ts';
import type { CostFlags } from '../cost.ts';

/** Prints the estimate; one above the limit is a finding. */
export const runCost = ({ environment, json, limit }: CostFlags): void => {
  const estimate = costOf(environment);
  print(json, estimate, () => [costTable(estimate).trimEnd()]);
  if (limit === undefined || estimate.usdPerMonth <= limit) return;
  say(`${environment.name} costs ${estimate.usdPerMonth} USD a month, more than ${limit}; see the levers`);
  process.exitCode = 1;
};
