import { Command } from 'commander';
import { type ClusterFlags, withClusterOptions } from '../command-line/cluster-options.ts';
import { helpAfter } from '../command-line/help.ts';
import { environmentOption } from '../command-line/options.ts';
import { runInterruptibly } from '../command-line/run-interruptibly.ts';

/** `cloudmart restart --rotated`: new pods for rotated secrets. */
export const restartCommand = (): Command =>
  withClusterOptions(
    new Command('restart')
      .summary('make new pods for rotated secrets')
      .description(
        'give services whose secrets were rotated new pods that read the current versions; old pods serve until those are ready',
      )
      .requiredOption('--rotated', 'the services whose secrets were rotated, which is the one choice so far')
      .addOption(environmentOption('which of lib/environments.ts; must be what the cluster runs')),
  )
    .addHelpText(
      'after',
      helpAfter({
        examples: [
          'aws secretsmanager put-secret-value --secret-string file://password \\\n      --secret-id cloudmart-staging/user/STAFF_PASSWORD',
          'npx cloudmart restart --rotated --environment staging',
        ],
        done: 'every service reads the current versions',
        failed: 'some cannot use them and went back',
      }),
    )
    .action((flags: ClusterFlags) =>
      runInterruptibly('run the same command again to finish', async (signal) =>
        (await import('./run/restart.ts')).runRestart(flags, signal),
      ),
    );
