import { Command } from 'commander';
import { helpAfter } from '../../command-line/help.ts';
import { secondsOption } from '../../command-line/options.ts';
import { type StaffedShopFlags, staffedShop } from '../../command-line/staffed-shop-options.ts';

export type LagFlags = StaffedShopFlags & { readonly behind: number; readonly partitions?: boolean };

/** `cloudmart lag`: how far each consumer is. */
export const lagCommand = (): Command =>
  staffedShop(
    new Command('lag')
      .summary('say how far each consumer is behind')
      .description('list every consumer of every topic with what it has not handled, since when, and who works on it')
      .addOption(
        secondsOption('--behind <seconds>', 'age of the oldest unhandled record from which one counts as behind', {
          least: 0,
          most: 604_800,
        }).default(60),
      )
      .option('--partitions', 'each partition too: where it begins, ends, and how far it is read'),
  )
    .addHelpText(
      'after',
      helpAfter({
        notes: ['A consumer that has never committed begins with the oldest record, so all of them wait for it.'],
        examples: ['npx cloudmart lag', 'npx cloudmart lag --partitions --environment production --json'],
        done: 'no consumer is behind',
        failed: 'one is, or the shop is not there',
      }),
    )
    .action(async (flags: LagFlags) => (await import('../run/operate/lag.ts')).runLag(flags));
