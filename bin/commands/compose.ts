import { Command } from 'commander';
import { helpAfter } from '../command-line/help.ts';
import { jsonOption } from '../command-line/options.ts';

/** `cloudmart compose`: what compose.yaml needs that is not in the repository. */
export const composeCommand = (): Command =>
  new Command('compose')
    .summary('get ready for "docker compose up"')
    .description(
      'get ready for "docker compose up": random secrets into .env, bundles into dist/bundles, dashboards into dist/dashboards',
    )
    .addOption(
      jsonOption(
        'end with one line of JSON: the names of added secrets, service and hash of each bundle, files of dashboards',
      ),
    )
    .addHelpText(
      'after',
      helpAfter({
        notes: [
          'Values that .env has are kept: the volumes of PostgreSQL open with them only. compose.yaml itself is written by "npx cloudmart pages".',
        ],
        examples: [
          'npx cloudmart compose && docker compose up --build --detach',
          'docker compose run --rm catalogue',
          'docker compose down --volumes && rm .env     # forget everything',
        ],
        done: '"docker compose up" has what it needs',
        failed: 'a bundle could not be made',
      }),
    )
    .action(async ({ json }: { json?: boolean }) => (await import('./run/compose.ts')).runCompose(json));
