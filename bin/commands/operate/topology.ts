import { Command } from 'commander';
import { helpAfter } from '../../command-line/help.ts';
import { type StaffedShopFlags, staffedShop } from '../../command-line/staffed-shop-options.ts';

/** `cloudmart topology`: what a shop is made of. */
export const topologyCommand = (): Command =>
  staffedShop(
    new Command('topology')
      .summary('say what the shop is made of, and how it hangs together')
      .description('list every service with its health, and what it calls, owns, publishes, consumes and looks at'),
  )
    .addHelpText(
      'after',
      helpAfter({
        examples: ['npx cloudmart topology', 'npx cloudmart topology --environment production --json'],
        done: 'here it is',
        failed: 'the shop is not there',
      }),
    )
    .action(async (flags: StaffedShopFlags) => (await import('../run/operate/topology.ts')).runTopology(flags));
