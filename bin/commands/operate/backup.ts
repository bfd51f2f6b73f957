import { Argument, Command, InvalidArgumentError } from 'commander';
import { type ActFlags, actOf, actOptions } from '../../command-line/act-options.ts';
import { helpAfter } from '../../command-line/help.ts';
import { asTyped, dataOption, jsonOption } from '../../command-line/options.ts';
import { runInterruptibly } from '../../command-line/run-interruptibly.ts';

const ACTIONS = ['create', 'list', 'verify', 'restore'] as const;

export type BackupAction = (typeof ACTIONS)[number];

export type BackupFlags = ActFlags & {
  readonly data: string;
  readonly backups?: string;
  readonly reports?: string;
  readonly json?: boolean;
};

/** Refuses what does not go together, before anything is touched. */
const checkUsage = (action: BackupAction, name: string | undefined, flags: BackupFlags): void => {
  if (action === 'list' && name !== undefined) throw new InvalidArgumentError('backup list takes no name');
  if (action === 'restore') actOf(flags);
  else if (flags.reason !== undefined || flags.dryRun)
    throw new InvalidArgumentError('--reason and --dry-run go with backup restore, which alone changes a shop');
};

const AFTER: Readonly<Record<BackupAction, string>> = {
  create: 'nothing of the backup is left',
  list: 'nothing was listed',
  verify: 'the backup is as it was, and nothing was judged',
  restore: 'the shop is as it was; run it again',
};

/** `cloudmart backup`: copies of the platform on this machine. */
export const backupCommand = (): Command =>
  actOptions(
    new Command('backup')
      .summary('copy the shop of this machine, prove a copy, go back')
      .description('copy the running shop as of one instant, prove that a copy would bring it back, or go back to one')
      .addArgument(new Argument('<action>', 'what to do').choices(ACTIONS))
      .argument('[name]', 'which backup; default a new name, or the newest')
      .addOption(dataOption('folder of the platform'))
      .option('--backups <dir>', 'folder of backups; default backups in the data folder')
      .option('--reports <dir>', 'folder of reports; default reports in the data folder')
      .addOption(jsonOption()),
  )
    .addHelpText(
      'after',
      helpAfter({
        notes: [
          'A backup holds databases, events, tables, mails, pictures and secrets as of one instant, in which customers wait for some milliseconds. Figures are loaded anew from the ledger after a restore. It holds passwords: keep it as you keep them, and not on the disk of the shop alone.',
          'verify restores beside on free ports, compares schema, rows and a digest of each table with what was recorded, checks the laws, and leaves a dated report. restore takes a shop that does not run, and keeps what was there beside, in "replaced".',
        ],
        examples: [
          'npx cloudmart backup create --backups /mnt/other-disk/backups',
          'npx cloudmart backup verify --json',
          'npx cloudmart backup restore 2026-03-01T14-30-00Z --dry-run',
          'npx cloudmart backup restore --reason "orders of Monday were deleted"',
        ],
        done: 'it is done, and a verified backup is good',
        failed: 'it was refused, or a verified backup is not good',
      }),
    )
    .action(async (action: BackupAction, name: string | undefined, flags: BackupFlags) => {
      checkUsage(action, name, flags);
      const { requireBackupName } = await import('../../../lib/backups/backup-manifest.ts');
      asTyped(() => name === undefined || requireBackupName(name));
      return runInterruptibly(AFTER[action], async (signal) =>
        (await import('../run/operate/backup.ts')).runBackup(action, name, flags, signal),
      );
    });
