import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { type ActFlags, actOptions } from '../../command-line/act-options.ts';
import { helpAfter } from '../../command-line/help.ts';
import { numberOption } from '../../command-line/options.ts';
import { type StaffedShopFlags, staffedShop } from '../../command-line/staffed-shop-options.ts';

const LOOKS = ['slow', 'locks', 'pool', 'indexes', 'bloat', 'replication'] as const;
const ACTIONS = [...LOOKS, 'explain', 'cancel'] as const;

export type DbAction = (typeof ACTIONS)[number];

export type DbFlags = StaffedShopFlags &
  ActFlags & {
    readonly database: string;
    readonly limit: number;
    readonly query?: string;
    readonly pid?: number;
    readonly started?: string;
  };

/** Refuses what does not go together, before anybody is asked. */
const checkUsage = (action: DbAction, flags: DbFlags): void => {
  if ((action === 'explain') !== (flags.query !== undefined))
    throw new InvalidArgumentError('--query "SELECT ..." goes with db explain, which needs it');
  const isNamed = flags.pid !== undefined && flags.started !== undefined;
  if (action === 'cancel' && !isNamed)
    throw new InvalidArgumentError('db cancel needs --pid and --started, as "db pool" and "db locks" show them');
};

const databaseOption = () =>
  new Option('--database <name>', 'which database, such as orders').makeOptionMandatory().argParser((text: string) => {
    if (!/^[a-z][a-z0-9_-]{0,62}$/.test(text)) throw new InvalidArgumentError('give a name of a-z, 0-9, "_" and "-"');
    return text;
  });

const startedOption = () =>
  new Option('--started <time>', 'to cancel: when it began, to the microsecond').argParser((text: string) => {
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(text))
      throw new InvalidArgumentError('give it as it is shown, such as 2026-03-01T14:30:00.123456Z');
    return text;
  });

/** `cloudmart db`: what a database is busy with and what it lacks. */
export const dbCommand = (): Command =>
  staffedShop(
    actOptions(
      new Command('db')
        .summary('look at a database, explain or cancel a statement')
        .description(
          'say what a database is slow at, waits for and lacks; plan a statement without running it; cancel one',
        )
        .addArgument(new Argument('<action>', 'what to do').choices(ACTIONS))
        .addOption(databaseOption())
        .addOption(
          numberOption('--limit <count>', 'to slow: how many', { least: 1, most: 100, isWhole: true }).default(20),
        )
        .option('--query <text>', 'to explain: one statement of SQL')
        .addOption(
          numberOption('--pid <number>', 'to cancel: the session', { least: 1, most: 2_147_483_647, isWhole: true }),
        )
        .addOption(startedOption()),
    ),
  )
    .addHelpText(
      'after',
      helpAfter({
        notes: [
          'Each look is read-only and short: it gives up before it holds anybody up. A statement is cancelled only while it is the one that was shown: a later one of the same session, and another session with its number, are left alone. To cancel takes an administrator.',
        ],
        examples: [
          'npx cloudmart db locks --database orders',
          'npx cloudmart db indexes --database products --environment production --json',
          'npx cloudmart db explain --database orders --query "SELECT * FROM orders"',
          'npx cloudmart db cancel --database orders --pid 4711 \\\n    --started 2026-03-01T14:30:00.123456Z --reason "holds up all"',
        ],
        done: 'it is done, or nothing was found',
        failed: 'something was found, or the shop refused it',
      }),
    )
    .action(async (action: DbAction, flags: DbFlags) => {
      checkUsage(action, flags);
      await (await import('../run/operate/db.ts')).runDb(action, flags);
    });
