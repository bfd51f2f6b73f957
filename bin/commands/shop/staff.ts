import { Argument, Command } from 'commander';
import { helpAfter } from '../../command-line/help.ts';
import { emailArgument } from '../../command-line/options.ts';
import { type StaffedShopFlags, staffedShop } from '../../command-line/staffed-shop-options.ts';

export type StaffAction = 'list' | 'add' | 'remove' | 'changes';

export type StaffFlags = StaffedShopFlags & { readonly admin?: boolean };

const ACTIONS: readonly StaffAction[] = ['list', 'add', 'remove', 'changes'];

/** `cloudmart staff`: who works for the shop. */
export const staffCommand = (): Command =>
  staffedShop(
    new Command('staff')
      .summary('say who works for the shop, and change it')
      .description(
        'list everybody with a role, give one to an account, take it away, or list every change with its author',
      )
      .addArgument(new Argument('<action>', 'what to do').choices(ACTIONS))
      .addArgument(emailArgument('of the account, to add or remove'))
      .option('--admin', 'to add: as administrator, who may give roles too'),
    'administrator who does it',
  )
    .addHelpText(
      'after',
      helpAfter({
        notes: [
          'Every change is noted with its author, so give --as where several people do this. Without it the first account acts: STAFF_EMAIL, whose password is kept with the data here and in Secrets Manager on AWS.',
          'Whoever is to get a role signs up first and follows the link of the first mail.',
        ],
        examples: [
          'npx cloudmart staff list',
          'npx cloudmart staff add colleague@shop.example --admin',
          'npx cloudmart staff remove colleague@shop.example --environment staging',
          'npx cloudmart staff changes --json',
        ],
        done: 'it is as you asked',
        failed: 'the shop refused it or is not there, and nothing changed',
      }),
    )
    .action(async (action: StaffAction, email: string | undefined, flags: StaffFlags) =>
      (await import('../run/shop/staff.ts')).runStaff(action, email, flags),
    );
