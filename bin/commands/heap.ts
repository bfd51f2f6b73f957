import { Command } from 'commander';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { helpAfter } from '../command-line/help.ts';
import { runInterruptibly } from '../command-line/run-interruptibly.ts';
import { type InspectFlags, inspectOptions } from './profile.ts';

/** `cloudmart heap`: what a process holds in memory. */
export const heapCommand = (): Command =>
  inspectOptions(
    new Command('heap')
      .summary('write what a service holds in memory')
      .description(
        "write a .heapsnapshot of a service's process, which does nothing else for that second or two; Chrome's developer tools open it. No port is opened for it",
      ),
    '.heapsnapshot',
  )
    .addHelpText(
      'after',
      helpAfter({
        notes: [
          'It holds everything that the process holds: passwords, keys, tokens, what customers sent. It is written for this account alone (mode 0600) and sent nowhere. Delete it when you are done, and show it to nobody.',
        ],
        examples: ['npx cloudmart heap order', 'npx cloudmart heap order --environment staging'],
        done: 'the file is written, or the commands for a pod are printed',
        failed: 'it is not: the process ended, somebody else is at it, or no platform runs',
      }),
    )
    .action((service: ServiceManifest, flags: InspectFlags) =>
      runInterruptibly('the process finishes its file all the same', async (signal) =>
        (await import('./run/inspect.ts')).runInspect('heap', service, flags, signal),
      ),
    );
