import { Command } from 'commander';
import { helpAfter } from '../command-line/help.ts';
import { dataOption, jsonOption, secondsOption } from '../command-line/options.ts';

export type LawsFlags = {
  readonly data: string;
  readonly history?: string;
  readonly wait: number;
  readonly limit: number;
  readonly json?: boolean;
};

const DAY_SECONDS = 86_400;

/** `cloudmart laws`: what must be true of orders, stock, money and events. */
export const lawsCommand = (): Command =>
  new Command('laws')
    .summary('check what must be true of orders, stock and money')
    .description('check what must be true of orders, stock, money and events; exit 1 if a law is broken')
    .addOption(dataOption())
    .option(
      '--history <file>',
      'what a client was promised, as "replay" writes it; checks that nothing promised was lost',
    )
    .addOption(
      secondsOption('--wait <seconds>', 'time for unfinished work to finish before its laws count as broken', {
        least: 0,
        most: DAY_SECONDS,
      }).default(60),
    )
    .addOption(
      secondsOption('--limit <seconds>', 'age at which unfinished work counts as stuck', {
        least: 0,
        most: DAY_SECONDS,
      }).default(0),
    )
    .addOption(jsonOption('print every violation as one line of JSON'))
    .addHelpText(
      'after',
      helpAfter({
        examples: [
          'npx cloudmart laws',
          'npx cloudmart laws --history .cloudmart/replay/history.jsonl',
          'npx cloudmart laws --wait 0 --json',
        ],
        done: 'every law holds',
        failed: 'one is broken, or no platform runs',
      }),
    )
    .action(async (flags: LawsFlags) => (await import('./run/laws.ts')).runLaws(flags));
