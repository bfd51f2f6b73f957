import { Command } from 'commander';
import { helpAfter } from '../command-line/help.ts';
import { dataOption, jsonOption } from '../command-line/options.ts';

export type StopFlags = { readonly data: string; readonly forget?: boolean; readonly json?: boolean };

/** `cloudmart stop`: the end of a platform on this machine. */
export const stopCommand = (): Command =>
  new Command('stop')
    .summary('end it; with --forget, begin again with nothing')
    .description('end the platform of a folder, as Ctrl-C in its terminal does, and wait until it has ended')
    .addOption(dataOption())
    .option('--forget', 'delete the folder and everything in it: orders, mails, logs')
    .addOption(jsonOption('print what ended as one line of JSON'))
    .addHelpText(
      'after',
      helpAfter({
        examples: ['npx cloudmart stop', 'npx cloudmart stop --forget && npm start'],
        done: 'nothing runs on the folder',
        failed: 'it did not end, or the folder is none of a platform',
      }),
    )
    .action(async (flags: StopFlags) => (await import('./run/stop.ts')).runStop(flags));
