/** A backup of the platform that runs on a folder: everything that it could not make anew, as of one moment. */
import { mkdir, readdir, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { explainDatabaseFault } from '../local/postgres/database-away.ts';
import { readSecrets } from '../local/secrets.ts';
import { explainDiskFault, StartRefused } from '../local/start-refused.ts';
import { type LocalState, readState } from '../local/state.ts';
import { aloneIn, makeWhole } from './backup-folder.ts';
import {
  type BackedUpFile,
  type BackupManifest,
  CLUSTER_PART,
  FILE_PARTS,
  FOLDER_PARTS,
  writeManifest,
} from './backup-manifest.ts';
import { BackupRefused } from './backup-refused.ts';
import { beginBackup, majorOf } from './copy-cluster.ts';
import { copyTables } from './copy-tables.ts';
import { below, type CopiedTree, copyFile, copyTree } from './copy-tree.ts';
import { holdWrites } from './hold-writes.ts';
import { inDatabase } from './open-cluster.ts';

export type CreateBackupOptions = {
  /** Folder of the running platform. */
  readonly dataFolder: string;
  /** Folder of backups; made where it is missing. */
  readonly backups: string;
  /** Default the time, such as `2026-03-01T14-30-00Z`. */
  readonly name?: string | undefined;
  readonly say: (sentence: string) => void;
  readonly signal: AbortSignal;
};

/** A disk that a backup filled to the brim would stop the shop itself. */
const LEFT_FREE_BYTES = 128 * 1024 ** 2;

const sizeOf = async (folder: string): Promise<number> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) =>
        stat(path.join(entry.parentPath, entry.name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
};

const requireSpace = async ({ dataFolder, postgres }: LocalState, backups: string) => {
  const folders = [postgres.cluster, ...FOLDER_PARTS.map((part) => path.join(dataFolder, part))];
  const sizes = await Promise.all(folders.map(sizeOf));
  const needed = sizes.reduce((sum, size) => sum + size, 0) + LEFT_FREE_BYTES;
  const { bavail, bsize } = await statfs(backups);
  const megabytes = (bytes: number) => Math.ceil(bytes / 1024 ** 2);
  if (bavail * bsize < needed)
    throw new BackupRefused(
      'backup.disk-full',
      `the disk of ${backups} has ${megabytes(bavail * bsize)} MB free and a backup needs ${megabytes(needed)} MB; free some space or name another folder with --backups DIR`,
    );
};

const copyLooseFiles = async (dataFolder: string, draft: string): Promise<BackedUpFile[]> => {
  const files: BackedUpFile[] = [];
  // A shop whose first start has not come so far has no catalogue yet.
  const names = (await readdir(dataFolder)).filter((name) => FILE_PARTS.some((part) => part === name));
  for (const name of names)
    files.push({ path: name, ...(await copyFile(path.join(dataFolder, name), path.join(draft, name))) });
  return files;
};

const fill = async (
  draft: string,
  name: string,
  state: LocalState,
  { say, signal }: CreateBackupOptions,
): Promise<BackupManifest> => {
  const { dataFolder, postgres } = state;
  const startedAt = performance.now();
  const secrets = await readSecrets(dataFolder);
  const door = { port: postgres.port, password: secrets.administrator };
  const copied = (part: string) => path.join(draft, part);
  return inDatabase(door, 'postgres', async (client) => {
    say('copying the files of PostgreSQL');
    const begun = await beginBackup(client, postgres.cluster, name);
    const parts: CopiedTree[] = [below(CLUSTER_PART, await begun.copyFiles(copied(CLUSTER_PART), signal))];
    await mkdir(path.join(copied(CLUSTER_PART), 'pg_wal'), { recursive: true, mode: 0o700 });
    say('holding writes for an instant');
    const moment = await holdWrites(door, signal);
    try {
      const heldFrom = performance.now();
      const takenAt = new Date().toISOString();
      parts.push(below('tables', await copyTables(path.join(dataFolder, 'tables'), copied('tables'), signal)));
      const ended = await begun.end();
      await moment.release();
      const heldMs = Math.round(performance.now() - heldFrom);
      say(`writes waited for ${heldMs} ms; reading every table as it was`);
      parts.push(below(CLUSTER_PART, await ended.copyLog(copied(CLUSTER_PART))));
      // Mails and pictures are written ahead of what tells of them and never change: later ones harm nothing.
      for (const part of ['mail', 'buckets'])
        parts.push(below(part, await copyTree(path.join(dataFolder, part), copied(part), { signal })));
      const manifest: BackupManifest = {
        ...{ format: 1, name, takenAt, heldMs },
        postgres: {
          major: await majorOf(copied(CLUSTER_PART)),
          timeline: ended.timeline,
          startLsn: begun.startLsn,
          stopLsn: ended.stopLsn,
        },
        databases: await moment.record(),
        folders: [...new Set(parts.flatMap(({ folders }) => folders))],
        files: [...parts.flatMap(({ files }) => files), ...(await copyLooseFiles(dataFolder, draft))],
        seconds: Math.round((performance.now() - startedAt) / 100) / 10,
      };
      signal.throwIfAborted();
      await writeManifest(draft, manifest);
      return manifest;
    } finally {
      await moment.close();
    }
  });
};

const nameOfNow = () =>
  new Date()
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');

/**
 * Copies the running platform. Customers wait for an instant; the copy shows that instant in every database and table. Throws
 * `StartRefused` where none runs, and {@link BackupRefused}; nothing is left then.
 */
export const createBackup = async (options: CreateBackupOptions): Promise<BackupManifest> => {
  const { dataFolder, backups, name = nameOfNow() } = options;
  const state = await readState(path.resolve(dataFolder));
  if (state.startedWith.events !== undefined)
    throw new BackupRefused(
      'backup.foreign-log',
      `the events of ${dataFolder} lie in a Kafka of its own, which no backup of this machine can copy together with the databases; back both up by their own means`,
    );
  try {
    return await aloneIn(backups, async () => {
      await requireSpace(state, backups);
      return makeWhole(backups, name, (draft) => fill(draft, name, state, options));
    });
  } catch (problem) {
    const explained = explainDiskFault(problem, backups);
    if (explained instanceof StartRefused && explained.code === 'data.disk-full')
      throw new BackupRefused(
        'backup.disk-full',
        `the disk of ${backups} ran full; nothing of the backup is left. Free some space or name another folder with --backups DIR`,
        { cause: problem },
      );
    throw explainDatabaseFault(explained, dataFolder);
  }
};
