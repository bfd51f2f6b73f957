/** What a backup says of itself: written last, with a digest of its own, so that a copy without it is none. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BackupRefused } from './backup-refused.ts';

/** A file of the copy, by its path inside it with `/`. */
export type BackedUpFile = { readonly path: string; readonly bytes: number; readonly sha256: string };

/** What a table held at the moment of the backup. */
export type TableRecord = {
  readonly rows: number;
  /** Of the set of its rows, whatever their order. */
  readonly digest: string;
};

/** What a database held at the moment of the backup. */
export type DatabaseRecord = {
  /** Columns, constraints, indexes, functions, triggers, rights; one sorted line each. */
  readonly schema: readonly string[];
  /** By qualified name, such as `public.orders`. */
  readonly tables: Readonly<Record<string, TableRecord>>;
};

export type BackupManifest = {
  readonly format: 1;
  readonly name: string;
  /** The moment that the copy shows, ISO 8601, UTC. */
  readonly takenAt: string;
  /** Seconds that it took, and how long writes stood still meanwhile. */
  readonly seconds: number;
  readonly heldMs: number;
  readonly postgres: {
    readonly major: string;
    readonly timeline: number;
    readonly startLsn: string;
    readonly stopLsn: string;
  };
  readonly databases: Readonly<Record<string, DatabaseRecord>>;
  /** Folders of the copy, also empty ones, each after the one that it lies in. */
  readonly folders: readonly string[];
  readonly files: readonly BackedUpFile[];
};

/** Parts of a copy: folders and files of a data folder, and the cluster, which may lie elsewhere. */
export const CLUSTER_PART = 'cluster';
export const FOLDER_PARTS = ['tables', 'mail', 'buckets'] as const;
export const FILE_PARTS = ['secrets.json', 'catalogue.json'] as const;

const MANIFEST = 'manifest.json';
/** End of the name of a folder that is being filled. */
export const DRAFT = '.draft';

/** A name that stays inside the folder of backups, whatever the system takes for a separator. Throws {@link BackupRefused}. */
export const requireBackupName = (name: string): string => {
  if (/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,79}$/.test(name) && !name.endsWith(DRAFT) && !name.includes('..')) return name;
  throw new BackupRefused(
    'backup.bad-name',
    `"${name}" cannot name a backup; use a letter or digit and up to 79 of a-z, A-Z, 0-9, ".", "_" and "-"`,
  );
};

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex');

/** Writes the manifest of a copy that is complete. */
export const writeManifest = (folder: string, manifest: BackupManifest): Promise<void> => {
  const text = JSON.stringify(manifest);
  return writeFile(path.join(folder, MANIFEST), `${text}\n${digestOf(text)}\n`, { mode: 0o600, flush: true });
};

/** Reads the manifest of a backup. Throws {@link BackupRefused} where there is none, or not as it was written. */
export const readManifest = async (backups: string, name: string): Promise<BackupManifest> => {
  const folder = path.join(backups, requireBackupName(name));
  const content = await readFile(path.join(folder, MANIFEST), 'utf8').catch((problem: NodeJS.ErrnoException) => {
    if (problem.code !== 'ENOENT' && problem.code !== 'ENOTDIR') throw problem;
    return undefined;
  });
  if (content === undefined)
    throw new BackupRefused(
      'backup.incomplete',
      `${folder} is no whole backup: it has no ${MANIFEST}; choose another of "npx cloudmart backup list"`,
    );
  const [text = '', digest] = content.split('\n');
  const damaged = `the ${MANIFEST} of backup ${name} was changed or cut off; choose another of "npx cloudmart backup list"`;
  if (digest !== digestOf(text)) throw new BackupRefused('backup.damaged', damaged);
  const manifest = JSON.parse(text) as BackupManifest;
  if (manifest.format !== 1)
    throw new BackupRefused(
      'backup.newer',
      `backup ${name} was written by a newer version of this project (format ${String(manifest.format)}, this version reads 1); update the checkout`,
    );
  // Whoever moves a backup may give its folder another name.
  return { ...manifest, name };
};
