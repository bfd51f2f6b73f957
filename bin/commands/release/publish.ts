import { Command } from 'commander';
import type { Environment } from '../../../lib/environment/environment.ts';
import type { ServiceManifest } from '../../../services/kit/manifest.ts';
import { helpAfter } from '../../command-line/help.ts';
import { ENGINE_NOTE, type ImageFlags, imagesArgument, withImageOptions } from '../../command-line/image-options.ts';
import { accountOption, environmentOption, jsonOption, secondsOption } from '../../command-line/options.ts';
import { runInterruptibly } from '../../command-line/run-interruptibly.ts';

export type PublishFlags = ImageFlags & {
  readonly environment: Environment;
  readonly account?: string;
  readonly deadline: number;
  readonly json?: boolean;
};

/** `cloudmart publish`: the images of an environment, in its registry. */
export const publishCommand = (): Command =>
  withImageOptions(new Command('publish'))
    .summary('push the images that a registry lacks')
    .description(
      'push to ECR the images that an environment lacks, building those that this machine lacks; one that is there whole is left alone',
    )
    .addArgument(imagesArgument())
    .addOption(environmentOption())
    .addOption(accountOption())
    .addOption(
      secondsOption('--deadline <seconds>', 'time that one question to AWS may take', {
        least: 0.1,
        most: 120,
      }).default(15),
    )
    .addOption(jsonOption('end with one line of JSON: the images with tag, digest and state, and the findings'))
    .addHelpText(
      'after',
      helpAfter({
        notes: [ENGINE_NOTE],
        examples: [
          'npx cloudmart publish --environment staging',
          'npx cloudmart publish --environment dev order payment --account 111122223333',
        ],
        done: 'every image is in the registry, for amd64 and arm64',
        failed: 'some are not',
      }),
    )
    .action((services: readonly ServiceManifest[], flags: PublishFlags) =>
      runInterruptibly('what was pushed stays, and publishing again goes on from there', async (signal) =>
        (await import('../run/release/publish.ts')).runPublish(services, flags, signal),
      ),
    );
