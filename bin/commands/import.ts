import { Command } from 'commander';
import { helpAfter } from '../command-line/help.ts';
import { dataOption, jsonOption } from '../command-line/options.ts';
import { runInterruptibly } from '../command-line/run-interruptibly.ts';

export type ImportFlags = {
  readonly data: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
};

/** `cloudmart import`: products from a CSV file into a running shop. */
export const importCommand = (): Command =>
  new Command('import')
    .summary('load products from a CSV file')
    .description(
      'load products from a CSV file into a running platform; known references get their new details, and each bad row is named with its line, column and reason',
    )
    .argument(
      '<file>',
      'a header and a product a line: reference, title, category, price (12.99), currency; description, stock, imageUrl, attributes.NAME where wanted',
    )
    .option('--dry-run', 'check every row and load nothing')
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpAfter({
        examples: ['npx cloudmart import films.csv --dry-run', 'npx cloudmart import films.csv'],
        done: 'every row was taken',
        failed: 'a row was refused, the others were taken; or no platform runs',
      }),
    )
    .action((file: string, flags: ImportFlags) =>
      runInterruptibly('what was loaded stays; importing again goes on and doubles nothing', async (signal) =>
        (await import('./run/import.ts')).runImport(file, flags, signal),
      ),
    );
