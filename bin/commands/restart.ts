import { Command } from 'commander';
import type { Environment } from '../../lib/environment/environment.ts';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { type ClusterFlags, withClusterOptions } from '../command-line/cluster-options.ts';
import { helpAfter } from '../command-line/help.ts';
import { dataOption, environmentChoice, serviceArgument } from '../command-line/options.ts';
import { runInterruptibly } from '../command-line/run-interruptibly.ts';

export type RestartFlags = Omit<ClusterFlags, 'environment'> & {
  readonly environment?: Environment;
  readonly rotated?: boolean;
  readonly data: string;
  readonly dryRun?: boolean;
};

/** `cloudmart restart`: a service anew, on this machine or as new pods; or new pods for rotated secrets. */
export const restartCommand = (): Command =>
  withClusterOptions(
    new Command('restart')
      .summary('start a service anew, or all whose secrets were rotated')
      .description(
        'start a service anew: it finishes what it has begun, then the next process starts, supervised as before. With --environment its pods are replaced one by one, and old ones serve until new ones are ready',
      )
      .addArgument(serviceArgument('[service]'))
      .option('--rotated', 'instead, the services of an environment whose secrets were rotated')
      .addOption(environmentChoice('where its pods run: dev, staging or production; default here'))
      .addOption(dataOption())
      .option('--dry-run', 'say what would be done, and do nothing'),
  )
    .addHelpText(
      'after',
      helpAfter({
        notes: [
          'On this machine a service has one process: its callers get 503 and try again until the next one is ready, and nothing that was accepted is lost. One that does not end within 22 s is killed.',
        ],
        examples: [
          'npx cloudmart restart order',
          'npx cloudmart restart order --environment staging',
          'aws secretsmanager put-secret-value --secret-string file://password \\\n      --secret-id cloudmart-staging/user/STAFF_PASSWORD',
          'npx cloudmart restart --rotated --environment staging',
        ],
        done: 'it is ready again; with --rotated, every service reads the current versions',
        failed: 'it is not, somebody else restarts it, or no platform runs',
      }),
    )
    .action((service: ServiceManifest | undefined, flags: RestartFlags) =>
      runInterruptibly('what was begun is finished; run the same command again to see to it', async (signal) =>
        (await import('./run/restart.ts')).runRestart(service, flags, signal),
      ),
    );
