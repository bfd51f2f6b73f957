import { Argument, Command, InvalidArgumentError } from 'commander';
import { nameOption } from '../../command-line/act-options.ts';
import { helpAfter } from '../../command-line/help.ts';
import { lookedUp, numberOption, timeOption } from '../../command-line/options.ts';
import { type StaffedShopFlags, staffedShop } from '../../command-line/staffed-shop-options.ts';

export type MaintenanceAction = 'open' | 'list' | 'close';

export type MaintenanceFlags = StaffedShopFlags & {
  readonly text?: string;
  readonly minutes?: number;
  readonly from?: string;
  readonly service?: string;
};

const ACTIONS: readonly MaintenanceAction[] = ['open', 'list', 'close'];

const requireId = (text: string): string => {
  if (!/^mnt_[0-9a-z]{26}$/.test(text))
    throw new Error(`"${text}" is no maintenance window; "maintenance list" shows them`);
  return text;
};

/** Refuses what does not go together, before anybody is asked. */
const checkUsage = (action: MaintenanceAction, id: string | undefined, flags: MaintenanceFlags): void => {
  if ((action === 'close') !== (id !== undefined))
    throw new InvalidArgumentError(
      action === 'close' ? 'maintenance close needs the id of a window' : `maintenance ${action} takes no id`,
    );
  if (action === 'open' && (flags.text === undefined || flags.minutes === undefined))
    throw new InvalidArgumentError('maintenance open needs --text and --minutes: every window ends');
};

/** `cloudmart maintenance`: times in which something is known to be away. */
export const maintenanceCommand = (): Command =>
  staffedShop(
    new Command('maintenance')
      .summary('announce, list and end maintenance windows')
      .description('announce a time in which something is away, list such times, or end one before its time')
      .addArgument(new Argument('<action>', 'what to do').choices(ACTIONS))
      .addArgument(lookedUp(new Argument('[id]', 'which window, to close'), requireId))
      .option('--text <text>', 'to open: what is done')
      .addOption(
        numberOption('--minutes <count>', 'to open: how long, a day at most', {
          least: 1,
          most: 1_440,
          isWhole: true,
          unit: 'minutes',
        }),
      )
      .addOption(timeOption('--from <time>', 'to open: when it begins, UTC; default now'))
      .addOption(nameOption('--service <name>', 'to open: which service is away; default all')),
  )
    .addHelpText(
      'after',
      helpAfter({
        notes: [
          'Announce it a day ahead: list says which were. A window ends by itself, and hides no incident of P0.',
          'Whoever is on call is mailed, and a chat (CHAT_URL) told, at once, a day before it begins, and when it is ended early. Alerts of a service that is away wake nobody where an Alertmanager tells them (staging and production); alarms of CloudWatch do.',
        ],
        examples: [
          'npx cloudmart maintenance open --text "new PostgreSQL" --minutes 60 \\\n    --from 2026-03-01T02:00:00Z',
          'npx cloudmart maintenance list --environment production',
        ],
        done: 'it is done',
        failed: 'the shop refused it or is not there',
      }),
    )
    .action(async (action: MaintenanceAction, id: string | undefined, flags: MaintenanceFlags) => {
      checkUsage(action, id, flags);
      await (await import('../run/operate/maintenance.ts')).runMaintenance(action, id, flags);
    });
