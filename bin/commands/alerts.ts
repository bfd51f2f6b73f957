import { Command } from 'commander';
import type { Environment } from '../../lib/environment/environment.ts';
import { helpAfter } from '../command-line/help.ts';
import { environmentOption, jsonOption } from '../command-line/options.ts';

export type AlertsFlags = { readonly environment: Environment; readonly json?: boolean };

/** `cloudmart alerts`: the alert rules of an environment, for whatever evaluates rules of Prometheus. */
export const alertsCommand = (): Command =>
  new Command('alerts')
    .summary('write the alert rules of an environment for Prometheus')
    .description(
      'write the alert rules and objectives of an environment, as its manifests give them, in the form of Prometheus',
    )
    .addOption(environmentOption())
    .addOption(jsonOption('print the same as JSON'))
    .addHelpText(
      'after',
      helpAfter({
        notes: [
          'Each alert names its severity, its owner and its page in docs/runbooks. compose.yaml loads the same rules.',
          'Managed Prometheus takes the file as it is: aws amp put-rule-groups-namespace --data.',
        ],
        examples: ['npx cloudmart alerts --environment production > alerts.yaml'],
        done: 'the rules are printed',
        failed: 'a manifest gives a rule no value that it needs',
      }),
    )
    .action(async (flags: AlertsFlags) => (await import('./run/alerts.ts')).runAlerts(flags));
