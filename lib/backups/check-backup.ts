/** Whether the files of a backup are as they were copied, and this version can use them. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { MAJOR } from '../local/postgres/postgres-cluster.ts';
import type { BackedUpFile, BackupManifest } from './backup-manifest.ts';
import { BackupRefused } from './backup-refused.ts';
import { eachFile } from './each-file.ts';

/** Refuses a backup of a PostgreSQL whose files this one cannot read. */
export const requireVersion = ({ name, postgres: { major } }: BackupManifest): void => {
  if (major !== MAJOR)
    throw new BackupRefused(
      'backup.other-version',
      `backup ${name} was made by PostgreSQL ${major} and this version runs ${MAJOR}; restore it with a checkout of that time, and move the data by pg_dump`,
    );
};

/** @param what of the file, such as "is missing" */
export const damagedFile = (backup: string, file: BackedUpFile, what: string): BackupRefused =>
  new BackupRefused(
    'backup.damaged',
    `${file.path} of backup ${backup} ${what}; choose another of "npx cloudmart backup list"`,
  );

/** Refuses a file that is not what the manifest says. */
export const requireSame = (
  backup: string,
  file: BackedUpFile,
  { bytes, sha256 }: Pick<BackedUpFile, 'bytes' | 'sha256'>,
): void => {
  if (bytes !== file.bytes) throw damagedFile(backup, file, `has ${bytes} bytes and had ${file.bytes}`);
  if (sha256 !== file.sha256) throw damagedFile(backup, file, 'was changed: its digest is another');
};

const read = async (place: string) => {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(place) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
};

/** Reads every file of a backup. Throws {@link BackupRefused} at the first that is not as it was copied. */
export const checkBackup = async (backups: string, manifest: BackupManifest, signal: AbortSignal): Promise<void> => {
  requireVersion(manifest);
  const check = async (file: BackedUpFile) => {
    const found = await read(path.join(backups, manifest.name, file.path)).catch((problem: NodeJS.ErrnoException) => {
      throw problem.code === 'ENOENT' ? damagedFile(manifest.name, file, 'is missing') : problem;
    });
    requireSame(manifest.name, file, found);
  };
  await eachFile(manifest.files, check, signal);
};
