import { Argument, Command, InvalidArgumentError } from 'commander';
import { type ActFlags, actOptions, nameOption } from '../../command-line/act-options.ts';
import { helpAfter } from '../../command-line/help.ts';
import { numberOption } from '../../command-line/options.ts';
import { type StaffedShopFlags, staffedShop } from '../../command-line/staffed-shop-options.ts';

export type EventsAction = 'tail' | 'check' | 'repair';

export type EventsFlags = StaffedShopFlags &
  ActFlags & {
    readonly topic: string;
    readonly type?: string;
    readonly key?: string;
    readonly limit: number;
    readonly follow?: boolean;
    readonly days: number;
  };

const ACTIONS: readonly EventsAction[] = ['tail', 'check', 'repair'];

/** `cloudmart events`: what is published, and whether the ledger has it. */
export const eventsCommand = (): Command =>
  staffedShop(
    actOptions(
      new Command('events')
        .summary('show events, check them against the ledger, repair')
        .description(
          'show the newest events of a topic, compare the events of orders with the ledger, or publish again what it lacks',
        )
        .addArgument(new Argument('<action>', 'what to do').choices(ACTIONS))
        .addOption(nameOption('--topic <name>', 'to tail: which topic').default('order-events'))
        .option('--type <text>', 'to tail: events of this type')
        .option('--key <text>', 'to tail: events of this key, such as an order')
        .addOption(
          numberOption('--limit <count>', 'to tail: how many of the newest', {
            least: 1,
            most: 200,
            isWhole: true,
          }).default(20),
        )
        .option('--follow', 'to tail: go on with what comes, until Ctrl-C')
        .addOption(
          numberOption('--days <count>', 'to check and repair: orders of how many days', {
            least: 1,
            most: 3_660,
            isWhole: true,
            unit: 'days',
          }).default(7),
        ),
    ),
    'who asks; to repair an administrator',
  )
    .addHelpText(
      'after',
      helpAfter({
        notes: [
          'A check compares every event of an order, as its database has it, with the entries of the ledger: missing, duplicate, reordered, altered, unknown. Events of the last minute may still be on their way and are left out.',
          'A repair publishes what is missing once more with its own id, from the topic or the outbox; consumers that handled it drop it.',
        ],
        examples: [
          'npx cloudmart events tail --key ord_01jdq5w8m3k7x2r9v4t6y0z1ab',
          'npx cloudmart events check --days 30 --environment production --json',
          'npx cloudmart events repair --dry-run',
          'npx cloudmart events repair --reason "the ledger was away on Monday"',
        ],
        done: 'nothing is wrong, or everything is repaired',
        failed: 'something is wrong or left, or the shop is not there',
      }),
    )
    .action(async (action: EventsAction, flags: EventsFlags) => {
      if (flags.follow && action !== 'tail') throw new InvalidArgumentError('--follow goes with tail');
      await (await import('../run/operate/events.ts')).runEvents(action, flags);
    });
