import { Command } from 'commander';
import { root } from '../../lib/checkout.ts';

const run = async ({ json }: { json?: boolean }) => {
  const { prepareCompose } = await import('../../lib/compose/prepare-compose.ts');
  const { services } = await import('../../lib/services.ts');
  const made = await prepareCompose({
    root,
    place: root,
    services,
    progress: (sentence) => process.stderr.write(`${sentence}\n`),
  });
  if (json) process.stdout.write(`${JSON.stringify(made)}\n`);
  else
    process.stdout.write(
      `${made.bundles.length} bundles are in dist/bundles, ${made.added.length} new secrets in .env\nnext: docker compose up --build --detach\n`,
    );
};

/** `cloudmart compose`: what compose.yaml needs that is not in the repository. */
export const composeCommand = (): Command =>
  new Command('compose')
    .description('get ready for "docker compose up": random secrets into .env, bundles into dist/bundles')
    .option('--json', 'end with one line of JSON: the names of added secrets, and service and hash of each bundle')
    .addHelpText(
      'after',
      `
Values that .env has are kept: the volumes of PostgreSQL open with them only. compose.yaml itself is written by
"npx cloudmart pages".

Examples:
  $ npx cloudmart compose && docker compose up --build --detach
  $ docker compose run --rm catalogue
  $ docker compose down --volumes && rm .env     # forget everything`,
    )
    .action(run);
