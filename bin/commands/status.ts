import { Command } from 'commander';
import { helpAfter } from '../command-line/help.ts';
import { dataOption, jsonOption } from '../command-line/options.ts';

export type StatusFlags = { readonly data: string; readonly json?: boolean };

/** `cloudmart status`: what runs on this machine, and whether it is well. */
export const statusCommand = (): Command =>
  new Command('status')
    .summary('say what runs, and whether it is well')
    .description('say which processes of a platform run, where they are found, and whether each is well')
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpAfter({
        examples: ['npx cloudmart status', 'npx cloudmart status --data DIR --json'],
        done: 'everything is ready',
        failed: 'something is not, or no platform runs',
      }),
    )
    .action(async (flags: StatusFlags) => (await import('./run/status.ts')).runStatus(flags));
