/** The options of every command that changes something at a shop: why, and whether only to say what it would do. */
import { type Command, InvalidArgumentError, Option } from 'commander';

export type ActFlags = { readonly reason?: string; readonly dryRun?: boolean };

/** Adds `--reason` and `--dry-run`. */
export const actOptions = (command: Command): Command =>
  command
    .option('--reason <text>', 'why, in 1 to 500 characters; it stands in the audit trail')
    .option('--dry-run', 'say what would be done, and do nothing');

/** What a dry run is asked with where nobody gave a reason: nothing of it is noted. */
const OF_A_DRY_RUN = 'a dry run';

/** Both as the doors take them. Throws wrong usage where something is to be changed without a reason. */
export const actOf = ({ reason, dryRun = false }: ActFlags): { readonly reason: string; readonly dryRun: boolean } => {
  if (reason === undefined && !dryRun)
    throw new InvalidArgumentError('say why with --reason "...", or look first with --dry-run');
  return { reason: reason ?? OF_A_DRY_RUN, dryRun };
};

/** The name of a topic, a consumer or a service, which the shop knows. */
export const nameOption = (flags: string, description: string): Option =>
  new Option(flags, description).argParser((text: string) => {
    if (!/^[a-z][a-z0-9-]{0,99}$/.test(text)) throw new InvalidArgumentError('give a name of a-z, 0-9 and "-"');
    return text;
  });
