import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { helpAfter } from '../../command-line/help.ts';
import { lookedUp } from '../../command-line/options.ts';
import { type StaffedShopFlags, staffedShop } from '../../command-line/staffed-shop-options.ts';

export type IncidentAction = 'open' | 'list' | 'ack' | 'note' | 'close' | 'report';

export type IncidentFlags = StaffedShopFlags & {
  readonly severity?: 'P0' | 'P1' | 'P2' | 'P3';
  readonly text?: string;
};

const ACTIONS: readonly IncidentAction[] = ['open', 'list', 'ack', 'note', 'close', 'report'];

const requireId = (text: string): string => {
  if (!/^inc_[0-9a-z]{26}$/.test(text)) throw new Error(`"${text}" is no incident; "incident list" shows them`);
  return text;
};

/** Refuses what does not go together, before anybody is asked. */
const checkUsage = (action: IncidentAction, id: string | undefined, { text }: IncidentFlags): void => {
  const takesId = action !== 'open' && action !== 'list';
  if (takesId !== (id !== undefined))
    throw new InvalidArgumentError(
      takesId ? `incident ${action} needs the id of one` : `incident ${action} takes no id`,
    );
  if (action === 'open' && text === undefined) throw new InvalidArgumentError('incident open needs --text');
  if ((action === 'note' || action === 'close') && text === undefined)
    throw new InvalidArgumentError(`incident ${action} needs --text`);
};

/** `cloudmart incident`: what goes wrong, and what is done about it. */
export const incidentCommand = (): Command =>
  staffedShop(
    new Command('incident')
      .summary('open, answer, note, close and report incidents')
      .description(
        'keep the record of what went wrong: open an incident, say that you are at it (ack), add notes, close it, print its report',
      )
      .addArgument(new Argument('<action>', 'what to do').choices(ACTIONS))
      .addArgument(lookedUp(new Argument('[id]', 'which one, to ack, note, close and report'), requireId))
      .addOption(
        new Option(
          '--severity <level>',
          'how bad it is; default to open: judged from what services and pipelines say',
        ).choices(['P0', 'P1', 'P2', 'P3']),
      )
      .option('--text <text>', 'what is wrong, what was found, or what it was'),
  )
    .addHelpText(
      'after',
      helpAfter({
        notes: [
          'P0: money or stock is wrong, or nobody can buy; answer within 5 minutes. P1: many customers notice it; 15 minutes. P2: some do, or it gets worse; 4 hours. P3: watched; a day. After P0 and P1 a post-mortem is owed within 48 hours; report prints its beginning from the record, with what staff did meanwhile.',
          'Whoever is on call (INCIDENT_MAILS of the operations service) is mailed when one is opened or its severity changes, again each time that nobody has answered in time, and a day before and when a post-mortem is due; a chat (CHAT_URL) is told the same. report lists what was told where.',
        ],
        examples: [
          'npx cloudmart incident open --text "the ledger stands still"',
          'npx cloudmart incident open --severity P1 --text "carts are empty"',
          'npx cloudmart incident ack inc_01jdq5w8m3k7x2r9v4t6y0z1ab',
          'npx cloudmart incident report inc_01jdq5w8m3k7x2r9v4t6y0z1ab > post-mortem.md',
        ],
        done: 'it is done; list: none is open',
        failed: 'list: one is open; or the shop refused it or is not there',
      }),
    )
    .action(async (action: IncidentAction, id: string | undefined, flags: IncidentFlags) => {
      checkUsage(action, id, flags);
      await (await import('../run/operate/incident.ts')).runIncident(action, id, flags);
    });
