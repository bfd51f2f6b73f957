import { Command } from 'commander';
import { helpAfter } from '../../command-line/help.ts';
import { numberOption } from '../../command-line/options.ts';
import { type StaffedShopFlags, staffedShop } from '../../command-line/staffed-shop-options.ts';

export type ReconcileFlags = StaffedShopFlags & {
  readonly repair?: boolean;
  readonly dryRun?: boolean;
  readonly days: number;
};

/** `cloudmart reconcile`: whether orders, payments, the provider's charges and the stock agree. */
export const reconcileCommand = (): Command =>
  staffedShop(
    new Command('reconcile')
      .summary('compare orders, payments, charges and stock, and repair')
      .description(
        "have the shop compare its orders with their payments, the provider's charges and the stock, and name every drift",
      )
      .option('--repair', 'repair what can be repaired, in the name of who asks')
      .option('--dry-run', 'say what --repair would do, and do nothing; so it is without --repair too')
      .addOption(
        numberOption('--days <count>', 'how far back', { least: 1, most: 3_660, isWhole: true, unit: 'days' }).default(
          7,
        ),
      ),
  )
    .addHelpText(
      'after',
      helpAfter({
        notes: [
          'The order service compares; this asks it through the public door, and needs no password of a database. It does the same by itself four times a day, without repairing anything.',
          'Orders that are being worked on are left for the next time, so it can be asked while customers buy. Each repair stands in the log of the order service and in the reconciliation, with who asked and when.',
        ],
        examples: [
          'npx cloudmart reconcile',
          'npx cloudmart reconcile --repair --as colleague@shop.example',
          'npx cloudmart reconcile --days 90 --environment production --json',
        ],
        done: 'everything agrees, by now',
        failed: 'a drift is left, or the shop is not there',
      }),
    )
    .action(async (flags: ReconcileFlags) => (await import('../run/shop/reconcile.ts')).runReconcile(flags));
