import { Command } from 'commander';
import { root } from '../../lib/checkout.ts';

/** `cloudmart map`: the picture and the table of services in README.md. */
export const mapCommand = (): Command =>
  new Command('map')
    .description(
      'write the picture and the table of services in README.md from the manifests (what "npm run map" does)',
    )
    .option('--check', 'write nothing; exit 1 when README.md is stale')
    .action(async ({ check = false }: { check?: boolean }) => {
      const [{ refreshReadme }, { services }] = await Promise.all([
        import('../../lib/pages/readme-map.ts'),
        import('../../lib/services.ts'),
      ]);
      const wasStale = await refreshReadme(root, services, { write: !check });
      if (check && wasStale) throw new Error('README.md is stale; run "npm run map"');
      process.stdout.write(wasStale ? 'README.md written\n' : 'README.md says what the manifests say\n');
    });
