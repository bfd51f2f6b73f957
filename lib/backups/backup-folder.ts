/** The folder of backups: who may write to it, which backups it has, and how a new one comes into being whole or not at all. */
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { takeLock } from '../kernel-lock.ts';
import { type BackupManifest, DRAFT, readManifest, requireBackupName } from './backup-manifest.ts';
import { BackupRefused } from './backup-refused.ts';

const LOCK = 'lock';

/** Folder of backups of a data folder, where none is named. */
export const backupsOf = (dataFolder: string): string => path.join(path.resolve(dataFolder), 'backups');

/** Does something that two must not do to a folder of backups at once, making the folder where it is missing. Throws {@link BackupRefused}. */
export const aloneIn = async <T>(backups: string, work: () => Promise<T>): Promise<T> => {
  await mkdir(backups, { recursive: true, mode: 0o711 });
  const lock = await takeLock(path.join(backups, LOCK));
  if (!lock)
    throw new BackupRefused(
      'backup.in-use',
      `another command makes or restores a backup in ${backups}; wait until it has ended`,
    );
  try {
    return await work();
  } finally {
    lock.release();
  }
};

const syncFolder = async (folder: string) => {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Fills a draft and gives it its name once it is whole; whatever fails leaves nothing. Only while nobody else writes to the folder. */
export const makeWhole = async <T>(backups: string, name: string, fill: (draft: string) => Promise<T>): Promise<T> => {
  const folder = path.join(backups, requireBackupName(name));
  const entries = await readdir(backups);
  if (entries.includes(name))
    throw new BackupRefused('backup.name-taken', `${folder} is there already; choose another name`);
  // Of makers that were killed; nobody fills one now.
  for (const left of entries.filter((entry) => entry.endsWith(DRAFT)))
    await rm(path.join(backups, left), { recursive: true, force: true });
  const draft = `${folder}${DRAFT}`;
  try {
    await mkdir(draft, { mode: 0o700 });
    const made = await fill(draft);
    await rename(draft, folder);
    await syncFolder(backups);
    return made;
  } catch (problem) {
    await rm(draft, { recursive: true, force: true });
    throw problem;
  }
};

/** A backup of the folder, or what is wrong with one. */
export type ListedBackup = { readonly name: string } & (
  | { readonly manifest: BackupManifest }
  | { readonly problem: string }
);

/** Every backup, the newest first; those that nobody can restore come last, each with its reason. Empty where there is no folder. */
export const listBackups = async (backups: string): Promise<ListedBackup[]> => {
  const entries = await readdir(backups, { withFileTypes: true }).catch((problem: NodeJS.ErrnoException) => {
    if (problem.code === 'ENOENT') return [];
    throw problem;
  });
  const names = entries.filter((entry) => entry.isDirectory() && !entry.name.endsWith(DRAFT)).map(({ name }) => name);
  const listed = await Promise.all(
    names.map(
      (name): Promise<ListedBackup> =>
        readManifest(backups, name).then(
          (manifest) => ({ name, manifest }),
          (problem: unknown) => {
            if (problem instanceof BackupRefused) return { name, problem: problem.message };
            throw problem;
          },
        ),
    ),
  );
  const timeOf = (one: ListedBackup) => ('manifest' in one ? one.manifest.takenAt : '');
  return listed.toSorted((a, b) => timeOf(b).localeCompare(timeOf(a)) || a.name.localeCompare(b.name));
};

/** The manifest of the named backup, or of the newest whole one. Throws {@link BackupRefused}. */
export const findBackup = async (backups: string, name: string | undefined): Promise<BackupManifest> => {
  if (name !== undefined) return readManifest(backups, name);
  const [newest] = await listBackups(backups);
  if (newest && 'manifest' in newest) return newest.manifest;
  throw new BackupRefused(
    'backup.none',
    `${backups} has no whole backup; make one with "npx cloudmart backup create" while the shop runs`,
  );
};
