import { Argument, Command, InvalidArgumentError } from 'commander';
import { type ActFlags, actOptions } from '../../command-line/act-options.ts';
import { helpAfter } from '../../command-line/help.ts';
import { type StaffedShopFlags, staffedShop } from '../../command-line/staffed-shop-options.ts';

export type CacheAction = 'analyse' | 'delete';

export type CacheFlags = StaffedShopFlags & ActFlags & { readonly pattern?: string; readonly everything?: boolean };

const ACTIONS: readonly CacheAction[] = ['analyse', 'delete'];

/** `cloudmart cache`: what the shared cache holds. */
export const cacheCommand = (): Command =>
  staffedShop(
    actOptions(
      new Command('cache')
        .summary('analyse the shared cache, or delete from it')
        .description('count keys, hits, times and sizes of the shared cache, or delete the keys that match a pattern')
        .addArgument(new Argument('<action>', 'what to do').choices(ACTIONS))
        .option('--pattern <text>', 'to delete: keys as Redis matches them, such as "product:*"')
        .option('--everything', 'to delete: also by a pattern that matches every key'),
    ),
  )
    .addHelpText(
      'after',
      helpAfter({
        notes: [
          'Keys are looked through by scans, within a time, so the services go on. On this machine the cache lives inside each process unless one is given: then there is nothing shared. To delete takes an administrator.',
        ],
        examples: [
          'npx cloudmart cache analyse --environment production',
          'npx cloudmart cache delete --pattern "product:*" --dry-run',
          'npx cloudmart cache delete --pattern "product:*" --reason "wrong prices"',
        ],
        done: 'it is done',
        failed: 'there is no shared cache, keys are left, or the shop refused it',
      }),
    )
    .action(async (action: CacheAction, flags: CacheFlags) => {
      if ((action === 'delete') !== (flags.pattern !== undefined))
        throw new InvalidArgumentError('--pattern goes with cache delete, which needs it');
      await (await import('../run/operate/cache.ts')).runCache(action, flags);
    });
