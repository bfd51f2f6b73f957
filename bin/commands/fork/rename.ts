import { Command } from 'commander';
import { helpAfter } from '../../command-line/help.ts';
import { jsonOption } from '../../command-line/options.ts';

/** `cloudmart rename NAME`: a fork under its own name. */
export const renameCommand = (): Command =>
  new Command('rename')
    .summary('give a fork its own name, before its first deployment')
    .description(
      'replace the name of the product in every text, identifier, file name and physical name; do it before the first deployment, because AWS replaces what is renamed',
    )
    .argument('<name>', '3 to 12 of a-z and 0-9, such as "teashop"')
    .addOption(jsonOption('print what was renamed as one line of JSON'))
    .addHelpText(
      'after',
      helpAfter({
        examples: ['npx cloudmart rename teashop && npm test'],
        done: 'every file but the licence has the new name',
        failed: 'the name will not do, the checkout has changes of its own, or a page could not be written',
      }),
    )
    .action(async (name: string, { json }: { json?: boolean }) =>
      (await import('../run/fork/rename.ts')).runRename(name, json),
    );
