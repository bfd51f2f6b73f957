import { Command, Option } from 'commander';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { helpAfter } from '../command-line/help.ts';
import { ENGINE_NOTE, type ImageFlags, imagesArgument, withImageOptions } from '../command-line/image-options.ts';
import { jsonOption } from '../command-line/options.ts';
import { runInterruptibly } from '../command-line/run-interruptibly.ts';

export type ImageCommandFlags = ImageFlags & { readonly platform?: readonly string[]; readonly json?: boolean };

/** `cloudmart image`: the images that run in the cluster, made here. */
export const imageCommand = (): Command =>
  withImageOptions(new Command('image'))
    .summary('build the images of services')
    .description('build the images of services from their bundles; the tag is the hash of the bundle')
    .addArgument(imagesArgument())
    .addOption(
      new Option('--platform <platforms...>', 'default that of this machine').choices(['linux/amd64', 'linux/arm64']),
    )
    .addOption(jsonOption('end with one line of JSON: service, platform, tag, digest and bytes of each image'))
    .addHelpText(
      'after',
      helpAfter({
        notes: [ENGINE_NOTE],
        examples: [
          'npx cloudmart image',
          'npx cloudmart image order payment --platform linux/amd64 linux/arm64',
          'npx cloudmart image order --base registry.example/node-base:24-{arch}',
        ],
        done: 'every image is made',
        failed: 'one could not be made',
      }),
    )
    .action((services: readonly ServiceManifest[], flags: ImageCommandFlags) =>
      runInterruptibly('run it again, what was built is not built twice', async (signal) =>
        (await import('./run/image.ts')).runImage(services, flags, signal),
      ),
    );
