import { Command } from 'commander';
import type { Environment } from '../../lib/environment/environment.ts';
import { helpAfter } from '../command-line/help.ts';
import { environmentOption, jsonOption, numberOption } from '../command-line/options.ts';

export type CostFlags = { readonly environment: Environment; readonly json?: boolean; readonly limit?: number };

/** `cloudmart cost`: what an environment costs a month. */
export const costCommand = (): Command =>
  new Command('cost')
    .summary('estimate what an environment costs a month')
    .description('estimate what an environment costs a month, from its templates and a dated price table')
    .addOption(environmentOption())
    .addOption(jsonOption('print every item as one line of JSON'))
    .addOption(
      numberOption('--limit <usd>', 'exit 1 when the sum is above this many USD', {
        least: 1,
        most: 1_000_000_000,
        unit: 'USD a month',
      }),
    )
    .addHelpText(
      'after',
      helpAfter({
        examples: ['npx cloudmart cost --environment dev', 'npx cloudmart cost --environment production --limit 3000'],
        done: 'the estimate is printed',
        failed: 'it is above the limit',
      }),
    )
    .action(async (flags: CostFlags) => (await import('./run/cost.ts')).runCost(flags));
