import { Command } from 'commander';
import { root } from '../../lib/checkout.ts';

const run = async (name: string, { json = false }: { json?: boolean }) => {
  const [{ createService }, { refreshes, runTool }, { services }] = await Promise.all([
    import('../../lib/scaffold/new-service.ts'),
    import('../../lib/scaffold/refresh.ts'),
    import('../../lib/services.ts'),
  ]);
  const made = await createService(root, name, services);
  for (const { title, command } of refreshes(name)) {
    process.stderr.write(`${title}\n`);
    await runTool(root, command);
  }
  if (json) process.stdout.write(`${JSON.stringify(made)}\n`);
  else
    process.stdout.write(
      [
        `services/${name} is made: HTTP ${made.port}, database ${made.database}, ${made.files.length} files.`,
        `It is in the local run (npm start), in the templates (npx cdk diff), in the rendered YAML (npx cloudmart render) and in README.md.`,
        `Next: npm test, then say in services/${name}/manifest.ts and README.md what it is for; "git diff" shows what else changed.`,
        '',
      ].join('\n'),
    );
};

/** `cloudmart new-service NAME`: a service of the standard shape that runs and is tested. */
export const newServiceCommand = (): Command =>
  new Command('new-service')
    .description('make a service of the standard shape that runs, is tested and is deployed')
    .argument('<name>', 'DNS label such as "wishlist"')
    .option('--json', 'print what was made as one line of JSON')
    .action(run);
