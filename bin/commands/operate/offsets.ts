import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { type ActFlags, actOptions, nameOption } from '../../command-line/act-options.ts';
import { helpAfter } from '../../command-line/help.ts';
import { numberOption, timeOption } from '../../command-line/options.ts';
import { type StaffedShopFlags, staffedShop } from '../../command-line/staffed-shop-options.ts';

export type OffsetsFlags = StaffedShopFlags &
  ActFlags & {
    readonly consumer: string;
    readonly topic: string;
    readonly to: 'earliest' | 'latest' | 'timestamp' | 'skip' | 'again' | 'offset';
    readonly at?: string;
    readonly by?: number;
    readonly offset?: number;
    readonly partition?: number;
  };

const WITH = { at: ['timestamp'], by: ['skip', 'again'], offset: ['offset'] } as const;

/** Refuses what does not go together, before anybody is asked. */
const checkUsage = (flags: OffsetsFlags): void => {
  for (const [option, places] of Object.entries(WITH) as [keyof typeof WITH, readonly string[]][])
    if (places.includes(flags.to) !== (flags[option] !== undefined))
      throw new InvalidArgumentError(`--${option} goes with --to ${places.join(' or ')}, which needs it`);
};

const wholeNumber = (flags: string, description: string, least: number): Option =>
  numberOption(flags, description, { least, most: Number.MAX_SAFE_INTEGER, isWhole: true });

/** `cloudmart offsets`: moves a consumer that stands still. */
export const offsetsCommand = (): Command =>
  staffedShop(
    actOptions(
      new Command('offsets')
        .summary('move a consumer, for a replay or to skip')
        .description('plan where a consumer would go on in a topic, show it, and move it there')
        .addArgument(new Argument('<action>', 'what to do').choices(['reset']))
        .addOption(nameOption('--consumer <name>', 'which one').makeOptionMandatory())
        .addOption(nameOption('--topic <name>', 'in which topic').makeOptionMandatory())
        .addOption(
          new Option('--to <place>', 'where to')
            .choices(['earliest', 'latest', 'timestamp', 'skip', 'again', 'offset'])
            .makeOptionMandatory(),
        )
        .addOption(timeOption('--at <time>', 'with timestamp: the first record published then or later'))
        .addOption(wholeNumber('--by <count>', 'with skip and again: how many records of each partition', 1))
        .addOption(wholeNumber('--offset <place>', 'with offset: that one', 0))
        .addOption(wholeNumber('--partition <number>', 'only this partition; default all', 0)),
    ),
    'administrator who does it',
  )
    .addHelpText(
      'after',
      helpAfter({
        notes: [
          'A consumer that works goes on where it is, so it has to stand still: stop its service first. What is moved is the plan that was shown; anything that changed meanwhile refuses it. Consumers drop events that they handled within 30 days, so going back repeats no effect of them.',
        ],
        examples: [
          'npx cloudmart offsets reset --consumer analytics --topic order-events \\\n    --to earliest --dry-run',
          'npx cloudmart offsets reset --consumer cart --topic order-events \\\n    --to timestamp --at 2026-03-01T14:30:00Z --reason "lost effects"',
        ],
        done: 'it is moved, or the plan is shown',
        failed: 'it works, it is unknown, or the place is none; nothing changed',
      }),
    )
    .action(async (_: string, flags: OffsetsFlags) => {
      checkUsage(flags);
      await (await import('../run/operate/offsets.ts')).runOffsetsReset(flags);
    });
