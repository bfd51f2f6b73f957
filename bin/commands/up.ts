import { Command } from 'commander';
import { HIGHEST_BASE, LOWEST_BASE } from '../../lib/local/ports.ts';
import { eventsOption } from '../command-line/events-option.ts';
import { helpAfter } from '../command-line/help.ts';
import { dataOption, jsonOption, numberOption } from '../command-line/options.ts';
import { runInterruptibly } from '../command-line/run-interruptibly.ts';

export type UpFlags = {
  readonly data: string;
  readonly portBase?: number;
  readonly events?: string;
  readonly small?: boolean;
  readonly once?: boolean;
  readonly purchase: boolean;
  readonly json?: boolean;
};

/** `cloudmart up`: the whole platform on this machine. */
export const upCommand = (): Command =>
  new Command('up')
    .summary('run the whole platform (what "npm start" does)')
    .description('run the whole platform on this machine (what "npm start" does)')
    .addOption(dataOption('folder that keeps everything'))
    .addOption(
      numberOption(
        '--port-base <port>',
        'move all ports: 8000 becomes PORT, 8080 becomes PORT+80, gRPC 50051 becomes PORT+1051',
        { least: LOWEST_BASE, most: HIGHEST_BASE, isWhole: true },
      ),
    )
    .addOption(eventsOption())
    .option('--small', 'take a third of the memory less, and sell a third as fast')
    .option('--once', 'start, prove a purchase, end; exit 0 only if it was paid and mailed')
    .option('--no-purchase', 'buy nothing after the start')
    .addOption(jsonOption('print the result as one line of JSON on stdout'))
    .addHelpText(
      'after',
      helpAfter({
        examples: [
          'npm start',
          'npm start -- --once --json',
          'npm start -- --no-purchase',
          'npm start -- --small',
          'npm start -- --data DIR --port-base 18000',
        ],
        done: 'it ran until it was told to end',
        failed: 'it could not start or go on, for the reason that is printed',
      }),
    )
    .action((flags: UpFlags) =>
      runInterruptibly('it ended before everything was up', async (signal) =>
        (await import('./run/up.ts')).runUp(flags, signal),
      ),
    );
