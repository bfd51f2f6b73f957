import { Command, Option } from 'commander';
import type { Environment } from '../../../lib/environment/environment.ts';
import type { ServiceManifest } from '../../../services/kit/manifest.ts';
import { helpAfter } from '../../command-line/help.ts';
import {
  accountOption,
  asServices,
  environmentOption,
  jsonOption,
  resolverOption,
  secondsOption,
} from '../../command-line/options.ts';

export type PreflightFlags = {
  readonly environment: Environment;
  readonly service?: readonly ServiceManifest[];
  readonly account?: string;
  readonly resolver?: string;
  readonly deadline: number;
  readonly json?: boolean;
};

/** `cloudmart preflight`: whether AWS holds what a deployment is about to start. */
export const preflightCommand = (): Command =>
  new Command('preflight')
    .summary('check what a deployment needs, before it starts')
    .description(
      'check credentials, account, region, images, secrets, roles, certificate, domain and quotas before a deployment; reads only, exit 1 when something is to be mended',
    )
    .addOption(environmentOption())
    .addOption(asServices(new Option('--service <services...>', 'services that are checked; default all')))
    .addOption(accountOption())
    .addOption(resolverOption())
    .addOption(
      secondsOption('--deadline <seconds>', 'time that one question to AWS may take', {
        least: 0.1,
        most: 120,
      }).default(15),
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpAfter({
        examples: [
          'npx cloudmart preflight --environment staging',
          'npx cloudmart preflight --environment staging --account 111122223333 --json',
          'npx cloudmart preflight --environment dev --service order payment',
        ],
        done: 'the environment may be deployed',
        failed: 'it must not, for the reasons that are printed',
      }),
    )
    .action(async (flags: PreflightFlags) => (await import('../run/release/preflight.ts')).runPreflight(flags));
