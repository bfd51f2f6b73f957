import { Argument, Command } from 'commander';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { helpAfter } from '../command-line/help.ts';
import { asServices, jsonOption } from '../command-line/options.ts';
import { runInterruptibly } from '../command-line/run-interruptibly.ts';

export type BundleFlags = { readonly out: string; readonly prove: boolean; readonly json?: boolean };

/** `cloudmart bundle`: what ships, one folder per service. */
export const bundleCommand = (): Command =>
  new Command('bundle')
    .summary('make the folders that ship, and prove them')
    .description(
      'bundle services into the folders that ship, each with its bill of materials beside it; refuses empty or broken sources, missing critical functions, what does not load or start, and what is too large',
    )
    .addArgument(asServices(new Argument('[services...]', 'services; default all')))
    .option('--out <dir>', 'folder that gets one folder per service', 'dist/bundles')
    .option(
      '--no-prove',
      'neither load and start the bundles nor write bills of materials: for a start on this machine',
    )
    .addOption(
      jsonOption(
        'one line of JSON per bundle as it is done, then one line with service, hash, bytes and seconds of all',
      ),
    )
    .addHelpText(
      'after',
      helpAfter({
        notes: ['Beside each folder: <service>.cdx.json (CycloneDX) and <service>.licences.txt.'],
        examples: ['npx cloudmart bundle', 'npx cloudmart bundle order payment --out /tmp/bundles --json'],
        done: 'every bundle is made',
        failed: 'one was refused, or could not be made',
      }),
    )
    .action((services: readonly ServiceManifest[], flags: BundleFlags) =>
      runInterruptibly('what is bundled stays, and bundling again is safe', async (signal) =>
        (await import('./run/bundle.ts')).runBundle(services, flags, signal),
      ),
    );
