import { Command } from 'commander';
import type { Environment } from '../../lib/environment/environment.ts';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { helpAfter } from '../command-line/help.ts';
import { dataOption, environmentChoice, jsonOption, secondsOption, serviceArgument } from '../command-line/options.ts';
import { runInterruptibly } from '../command-line/run-interruptibly.ts';

export type InspectFlags = {
  readonly data: string;
  readonly environment?: Environment;
  readonly out?: string;
  readonly json?: boolean;
};

/** Options of `profile` and `heap`. */
export const inspectOptions = (command: Command, ending: string): Command =>
  command
    .addArgument(serviceArgument('<service>'))
    .addOption(dataOption())
    .option(
      '--out <file>',
      `file to write, which must not be there yet; default a new one\nin the folder's profiles, ending in ${ending}`,
    )
    .addOption(environmentChoice('print how it is done in a pod of dev, staging or production'))
    .addOption(jsonOption());

/** `cloudmart profile`: what a process does with its time. */
export const profileCommand = (): Command =>
  inspectOptions(
    new Command('profile')
      .summary('write what a service does with its time')
      .description(
        "write a .cpuprofile of a service's process while it serves; Chrome's developer tools and VS Code open it. No port is opened for it",
      ),
    '.cpuprofile',
  )
    .addOption(secondsOption('--seconds <n>', 'how long', { least: 0.1, most: 300 }).default(10))
    .addHelpText(
      'after',
      helpAfter({
        notes: ['The file names functions, and the paths of the bundle; it holds no data.'],
        examples: ['npx cloudmart profile order --seconds 30', 'npx cloudmart profile order --environment staging'],
        done: 'the file is written, or the commands for a pod are printed',
        failed: 'it is not: the process ended, somebody else is at it, or no platform runs',
      }),
    )
    .action((service: ServiceManifest, flags: InspectFlags & { readonly seconds: number }) =>
      runInterruptibly('the process finishes its file all the same', async (signal) =>
        (await import('./run/inspect.ts')).runInspect('profile', service, flags, signal),
      ),
    );
