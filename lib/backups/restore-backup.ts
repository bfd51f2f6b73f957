/** Puts a shop that does not run back to a backup. */
import path from 'node:path';
import { folderHolder, openDataFolder } from '../local/data-folder.ts';
import { explainDiskFault } from '../local/start-refused.ts';
import { aloneIn, findBackup } from './backup-folder.ts';
import { BackupRefused } from './backup-refused.ts';
import { checkBackup } from './check-backup.ts';
import { type Kept, putInPlace } from './put-in-place.ts';

export type RestoreBackupOptions = {
  /** Folder of the platform; one that is not there is made. */
  readonly dataFolder: string;
  readonly backups: string;
  /** Default the newest whole one. */
  readonly name?: string | undefined;
  /** Checks every file of the backup, and changes nothing. */
  readonly dryRun: boolean;
  /** Gets one sentence per step. */
  readonly say: (sentence: string) => void;
  readonly signal: AbortSignal;
};

export type RestoreReport = {
  readonly backup: string;
  readonly takenAt: string;
  readonly dataFolder: string;
  readonly dryRun: boolean;
  readonly seconds: number;
  readonly files: number;
  readonly bytes: number;
  /** What the folder held before, and where it is now. */
  readonly kept: readonly Kept[];
};

const requireStopped = async (dataFolder: string) => {
  const holder = await folderHolder(dataFolder);
  if (holder !== undefined)
    throw new BackupRefused(
      'backup.shop-runs',
      `a shop runs on ${dataFolder} (process ${holder}); end it with "npx cloudmart stop --data ${dataFolder}" first`,
    );
};

/** Restores, and keeps what was there beside. Throws `StartRefused` and {@link BackupRefused}; the folder is as it was then. */
export const restoreBackup = async (options: RestoreBackupOptions): Promise<RestoreReport> => {
  const { backups, name, dryRun, say, signal } = options;
  const dataFolder = path.resolve(options.dataFolder);
  const startedAt = performance.now();
  await requireStopped(dataFolder);
  const manifest = await findBackup(backups, name);
  const restore = () =>
    aloneIn(backups, async () => {
      const folder = await openDataFolder(dataFolder);
      try {
        return await putInPlace(backups, manifest, folder, { say, signal });
      } catch (problem) {
        throw explainDiskFault(problem, dataFolder);
      } finally {
        folder.release();
      }
    });
  say(
    dryRun
      ? `reading ${manifest.files.length} files of ${manifest.name}`
      : `copying ${manifest.files.length} files of ${manifest.name} and checking each; until that is said to be done, nothing is changed`,
  );
  const kept = dryRun ? [] : await restore();
  if (dryRun) await checkBackup(backups, manifest, signal);
  return {
    ...{ backup: manifest.name, takenAt: manifest.takenAt, dataFolder, dryRun, kept },
    seconds: Math.round((performance.now() - startedAt) / 100) / 10,
    files: manifest.files.length,
    bytes: manifest.files.reduce((sum, { bytes }) => sum + bytes, 0),
  };
};
