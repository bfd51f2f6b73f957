/** Takes parts of a backup out of it, each file checked on the way. */
import { chown, mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { SystemAccount } from '../../services/kit/storage/postgres-programs.ts';
import { type BackedUpFile, type BackupManifest, CLUSTER_PART, FILE_PARTS, FOLDER_PARTS } from './backup-manifest.ts';
import { BackupRefused } from './backup-refused.ts';
import { damagedFile, requireSame, requireVersion } from './check-backup.ts';
import { copyFile } from './copy-tree.ts';
import { eachFile } from './each-file.ts';

/** Where the parts of a backup go. None of the targets may be there yet. */
export type UnpackTargets = {
  /** Folder of the cluster, and the account that is to own it. */
  readonly cluster: { readonly folder: string; readonly account: SystemAccount };
  /** Folder of everything else. */
  readonly folder: string;
};

type Unpacked = { readonly from: string; readonly to: string; readonly account: SystemAccount };

const takeOut = async (name: string, file: BackedUpFile, { from, to, account }: Unpacked) => {
  const copied = await copyFile(from, to).catch((problem: NodeJS.ErrnoException) => {
    throw problem.code === 'ENOENT' ? damagedFile(name, file, 'is missing') : problem;
  });
  requireSame(name, file, copied);
  if (account) await chown(to, account.uid, account.gid);
};

/** Copies a backup to where a platform can use it. Throws {@link BackupRefused} at the first file that is not as it was copied. */
export const unpackBackup = async (
  backups: string,
  manifest: BackupManifest,
  { cluster, folder }: UnpackTargets,
  signal: AbortSignal,
): Promise<void> => {
  requireVersion(manifest);
  const { name, folders, files } = manifest;
  const source = path.join(backups, name);
  const foreign = (part: string) =>
    new BackupRefused('backup.damaged', `backup ${name} holds ${part}, which no backup has`);
  const targetOf = (part: string): Unpacked => {
    const [top = '', ...rest] = part.split('/');
    const from = path.join(source, part);
    if (part.split('/').includes('..')) throw foreign(part);
    if (top === CLUSTER_PART) return { from, to: path.join(cluster.folder, ...rest), account: cluster.account };
    const isKnown = [...FOLDER_PARTS, ...FILE_PARTS].some((known) => known === top);
    if (!isKnown) throw foreign(part);
    return { from, to: path.join(folder, part), account: undefined };
  };
  for (const part of folders) {
    const { to, account } = targetOf(part);
    await mkdir(to, { mode: 0o700 });
    if (account) await chown(to, account.uid, account.gid);
  }
  await eachFile(files, (file) => takeOut(name, file, targetOf(file.path)), signal);
};
