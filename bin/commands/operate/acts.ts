import { Command } from 'commander';
import { helpAfter } from '../../command-line/help.ts';
import { numberOption } from '../../command-line/options.ts';
import { type StaffedShopFlags, staffedShop } from '../../command-line/staffed-shop-options.ts';

export type ActsFlags = StaffedShopFlags & { readonly limit: number };

/** `cloudmart acts`: who did what to the shop. */
export const actsCommand = (): Command =>
  staffedShop(
    new Command('acts')
      .summary('say who did what to the shop, when and why')
      .description('list the audit trail, newest first: every act of staff that changed something')
      .addOption(
        numberOption('--limit <count>', 'how many of the newest', { least: 1, most: 10_000, isWhole: true }).default(
          50,
        ),
      ),
  )
    .addHelpText(
      'after',
      helpAfter({
        examples: ['npx cloudmart acts', 'npx cloudmart acts --limit 500 --environment production --json'],
        done: 'here they are',
        failed: 'the shop is not there',
      }),
    )
    .action(async (flags: ActsFlags) => (await import('../run/operate/acts.ts')).runActs(flags));
