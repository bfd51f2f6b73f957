import { Argument, Command } from 'commander';
import { helpAfter } from '../command-line/help.ts';
import { dataOption, jsonOption, lookedUp, numberOption } from '../command-line/options.ts';

export type LogsFlags = {
  readonly data: string;
  readonly follow?: boolean;
  readonly lines: number;
  readonly json?: boolean;
};

const sourceArgument = () =>
  lookedUp(new Argument('[service]', 'whose log: a service, or postgres; default all'), async (name: string) => {
    const { logSources } = await import('../../lib/local/read-logs.ts');
    const sources = logSources();
    if (!sources.includes(name)) throw new Error(`there is no log of "${name}"; known are ${sources.join(', ')}`);
    return name;
  });

/** `cloudmart logs`: what the processes on this machine write. */
export const logsCommand = (): Command =>
  new Command('logs')
    .summary('show what its processes write')
    .description('show the last lines that the processes of a platform wrote, all in the order of their times')
    .addArgument(sourceArgument())
    .addOption(dataOption('folder of the platform; it need not run'))
    .option('--follow', 'go on with what is written from now on, until Ctrl-C')
    .addOption(
      numberOption('--lines <n>', 'how many of the last lines', { least: 0, most: 100_000, isWhole: true }).default(50),
    )
    .addOption(jsonOption('print each line as one of JSON, as it stands in the file if it is that'))
    .addHelpText(
      'after',
      helpAfter({
        examples: ['npx cloudmart logs', 'npx cloudmart logs order --follow', 'npx cloudmart logs --json | grep ord_'],
        done: 'the lines are printed',
        failed: 'there are no logs in the folder',
      }),
    )
    .action(async (source: string | undefined, flags: LogsFlags) =>
      (await import('./run/logs.ts')).runLogs(source, flags),
    );
