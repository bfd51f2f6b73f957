import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { type ActFlags, actOptions, nameOption } from '../../command-line/act-options.ts';
import { helpAfter } from '../../command-line/help.ts';
import { lookedUp, numberOption } from '../../command-line/options.ts';
import { type StaffedShopFlags, staffedShop } from '../../command-line/staffed-shop-options.ts';

export type DlqAction = 'list' | 'show' | 'replay' | 'review';

export type DlqFlags = StaffedShopFlags &
  ActFlags & {
    readonly topic?: string;
    readonly consumer?: string;
    readonly state?: 'new' | 'reviewed' | 'replaying' | 'replayed' | 'discarded' | 'gone';
    readonly limit: number;
    readonly all?: boolean;
    readonly decision?: 'replay' | 'discard';
  };

const ACTIONS: readonly DlqAction[] = ['list', 'show', 'replay', 'review'];

const requireIds = (given: readonly string[]): readonly string[] => {
  for (const id of given)
    if (!/^[a-z0-9-]{1,80}:\d{1,15}$/.test(id))
      throw new Error(
        `"${id}" is no dead letter; give topic and place as "dlq list" shows them, such as order-events:12`,
      );
  return given;
};

/** Refuses what does not go together, before anybody is asked. */
const checkUsage = (action: DlqAction, ids: readonly string[], flags: DlqFlags): void => {
  if (action === 'list' && ids.length > 0)
    throw new InvalidArgumentError('dlq list is about many; choose by --topic, --consumer and --state');
  if ((action === 'show' || action === 'review') && ids.length !== 1)
    throw new InvalidArgumentError(`dlq ${action} needs one dead letter, such as order-events:12`);
  if (action === 'replay' && ids.length > 0 === (flags.all === true))
    throw new InvalidArgumentError('dlq replay takes dead letters by their ids, or --all of a --topic or --consumer');
  if (action === 'review' && flags.decision === undefined)
    throw new InvalidArgumentError('dlq review needs --decision replay or --decision discard');
};

/** `cloudmart dlq`: records that a consumer could not handle. */
export const dlqCommand = (): Command =>
  staffedShop(
    actOptions(
      new Command('dlq')
        .summary('list, show, replay and review dead letters')
        .description(
          'list the records that a consumer could not handle, show one, publish them again, or decide what becomes of one',
        )
        .addArgument(new Argument('<action>', 'what to do').choices(ACTIONS))
        .addArgument(lookedUp(new Argument('[ids...]', 'dead letters, as list shows them'), requireIds))
        .addOption(nameOption('--topic <name>', 'those of one topic'))
        .addOption(nameOption('--consumer <name>', 'those of one consumer or function'))
        .addOption(
          new Option('--state <state>', 'to list: those of one state').choices([
            'new',
            'reviewed',
            'replaying',
            'replayed',
            'discarded',
            'gone',
          ]),
        )
        .addOption(
          numberOption('--limit <count>', 'to list: how many', { least: 1, most: 10_000, isWhole: true }).default(50),
        )
        .option('--all', 'to replay: all that wait, or those of --topic and --consumer')
        .addOption(new Option('--decision <what>', 'to review: what becomes of it').choices(['replay', 'discard'])),
    ),
  )
    .addHelpText(
      'after',
      helpAfter({
        notes: [
          'A replay publishes a record again with its key and event id: consumers that handled it drop it, so a second replay has no effect. Records of one key go in their order. One that died again after three replays waits for "dlq review".',
        ],
        examples: [
          'npx cloudmart dlq list --state new',
          'npx cloudmart dlq show order-events:12',
          'npx cloudmart dlq replay order-events:12 --reason "mended in 214"',
          'npx cloudmart dlq replay --all --topic order-events --dry-run',
          'npx cloudmart dlq review order-events:12 --decision discard --reason "ours"',
        ],
        done: 'it is done, or nothing waits',
        failed: 'list: some wait; replay: not all could go; or the shop refused it',
      }),
    )
    .action(async (action: DlqAction, ids: readonly string[], flags: DlqFlags) => {
      checkUsage(action, ids, flags);
      await (await import('../run/operate/dlq.ts')).runDlq(action, ids, flags);
    });
