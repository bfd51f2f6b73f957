import { Command, Option } from 'commander';
import { HIGHEST_BASE, LOWEST_BASE } from '../../lib/local/ports.ts';
import { eventsOption } from '../command-line/events-option.ts';
import { helpAfter } from '../command-line/help.ts';
import { jsonOption, numberOption } from '../command-line/options.ts';
import { runInterruptibly } from '../command-line/run-interruptibly.ts';

export type BenchFlags = {
  readonly quick?: boolean;
  readonly data?: string;
  readonly portBase: number;
  readonly compare?: string;
  readonly events?: string;
  readonly overload?: boolean;
  readonly growth?: boolean;
  readonly picture?: string;
  readonly json?: boolean;
};

/** `cloudmart bench`: what a purchase costs, counted and timed. */
export const benchCommand = (): Command =>
  new Command('bench')
    .summary('count and time what a purchase costs')
    .description(
      'start a shop of its own, let guests buy in a closed loop, and count transactions, calls and processor time of a purchase; exit 1 when a count is over its limit',
    )
    .option('--quick', 'eight buyers alone, in under three minutes')
    .addOption(new Option('--data <dir>', 'measure the platform that runs on this folder instead of a new one'))
    .addOption(
      numberOption('--port-base <port>', 'where the ports of the new shop begin', {
        least: LOWEST_BASE,
        most: HIGHEST_BASE,
        isWhole: true,
      }).default(28_000),
    )
    .option('--overload', 'begin five times as many purchases as it sells, and see what becomes of them')
    .option('--growth', 'measure single calls once more at 10,000 and at 1,000,000 products')
    .addOption(eventsOption())
    .addOption(new Option('--picture <file>', 'write a picture (SVG) of where time and transactions go'))
    .addOption(new Option('--compare <file>', 'print an earlier report, written with --json, beside this one'))
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpAfter({
        notes: ['Limits of the counts stand in lib/bench/count-limits.ts. Times are printed and fail nothing.'],
        examples: [
          'npm run bench -- --quick',
          'npx cloudmart bench --json > before.json',
          'npx cloudmart bench --compare before.json',
          'npx cloudmart bench --overload --growth --picture cost.svg',
        ],
        done: 'every count is within its limit',
        failed: 'a count is over its limit, a purchase failed, or no shop could be measured',
      }),
    )
    .action((flags: BenchFlags) =>
      runInterruptibly('nothing was measured to its end', async (signal) =>
        (await import('./run/bench.ts')).runBench(flags, signal),
      ),
    );
