import { Command, InvalidArgumentError, Option } from 'commander';
import { helpAfter } from '../command-line/help.ts';
import { dataOption, jsonOption, lookedUp, numberOption, secondsOption } from '../command-line/options.ts';
import { runInterruptibly } from '../command-line/run-interruptibly.ts';

export type ReplayFlags = {
  readonly data: string;
  readonly rate: number;
  readonly limit?: number;
  readonly patience: number;
  /** `true`: everybody. */
  readonly kill?: readonly string[] | true;
  readonly times?: number;
  readonly json?: boolean;
};

/** `cloudmart replay`: the purchases of a real shop, through the public door of a running platform. */
export const replayCommand = (): Command =>
  new Command('replay')
    .summary("buy what a real shop's customers once bought")
    .description(
      "replay a real shop's purchases through the public door of a running platform; exit 1 if one failed, an order is lost or doubled, or a mail is missing",
    )
    .argument(
      '[file]',
      'purchases: customer, date, units and dollars a line, as the CDNOW data set has them; default a sample of it',
    )
    .addOption(
      numberOption('--rate <n>', 'purchases begun per second', {
        least: 0.1,
        most: 10_000,
        unit: 'purchases a second',
      }).default(30),
    )
    .addOption(
      numberOption('--limit <n>', 'only the first so many purchases', { least: 1, most: 1_000_000, isWhole: true }),
    )
    .addOption(
      secondsOption('--patience <seconds>', 'how long one request is repeated before its purchase counts as failed', {
        least: 1,
        most: 3_600,
      }).default(120),
    )
    .addOption(
      lookedUp(
        new Option(
          '--kill [names]',
          'kill -9 these meanwhile, comma-separated, or everything: services, "postgres", "supervisor" (started again) and "relay", who publishes the order events',
        ),
        async (text: string | true) =>
          text === true || (await import('../../lib/replay/kill-targets.ts')).requireTargets(text.split(',')),
      ),
    )
    .addOption(
      numberOption('--times <n>', 'how often each of them is killed; default 5', {
        least: 1,
        most: 1_000,
        isWhole: true,
      }),
    )
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpAfter({
        examples: [
          'npx cloudmart replay --rate 30',
          'npx cloudmart replay CDNOW_master.txt --rate 10',
          'npx cloudmart replay --limit 500 --kill order,payment --times 3',
          'npx cloudmart replay --limit 1500 --kill',
        ],
        done: 'every purchase came to its end, and every mail was sent',
        failed: 'a purchase failed, an order is lost or doubled, a mail is missing, or no platform runs',
      }),
    )
    .action((file: string | undefined, flags: ReplayFlags) => {
      if (flags.times !== undefined && !flags.kill)
        throw new InvalidArgumentError('--times says how often; add whom with --kill');
      return runInterruptibly('what was accepted stays, and laws can check it', async (signal) =>
        (await import('./run/replay.ts')).runReplay(file, flags, signal),
      );
    });
