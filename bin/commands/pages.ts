import { Command } from 'commander';
import { root } from '../../lib/checkout.ts';

/** `cloudmart pages`: documents that are written from the code. */
export const pagesCommand = (): Command =>
  new Command('pages')
    .description(
      'write docs/environments.md, docs/permissions.md, docs/stateful-resources.md, the pictures of docs/architecture.md, and compose.yaml with compose/ from the code',
    )
    .option('--check', 'write nothing; exit 1 when a page is stale')
    .option('--json', 'print the names of stale pages as JSON')
    .action(async ({ check, json }: { check?: boolean; json?: boolean }) => {
      const { refreshPages } = await import('../../lib/pages/pages.ts');
      const stale = await refreshPages(root, { write: !check });
      if (json) process.stdout.write(`${JSON.stringify({ stale, written: !check })}\n`);
      else if (stale.length === 0) process.stdout.write('every page says what the code says\n');
      else
        for (const file of stale)
          process.stdout.write(check ? `${file} is stale; run "npx cloudmart pages"\n` : `${file} written\n`);
      if (check && stale.length > 0) process.exitCode = 1;
    });
