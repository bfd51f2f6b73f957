import { Command } from 'commander';
import { helpAfter } from '../command-line/help.ts';
import { jsonOption } from '../command-line/options.ts';

export type PagesFlags = { readonly check?: boolean; readonly json?: boolean };

/** `cloudmart pages`: documents that are written from the code. */
export const pagesCommand = (): Command =>
  new Command('pages')
    .summary('write the documents that say what the code says')
    .description(
      'write the picture and the table of README.md, docs/environments.md, docs/permissions.md, docs/stateful-resources.md, the pictures of docs/architecture.md, and compose.yaml with compose/ from the code (what "npm run map" does)',
    )
    .option('--check', 'write nothing; exit 1 when a page is stale')
    .addOption(jsonOption('print the names of stale pages as JSON'))
    .addHelpText(
      'after',
      helpAfter({
        examples: ['npx cloudmart pages', 'npx cloudmart pages --check'],
        done: 'every page says what the code says',
        failed: 'with --check, one does not',
      }),
    )
    .action(async (flags: PagesFlags) => (await import('./run/pages.ts')).runPages(flags));
