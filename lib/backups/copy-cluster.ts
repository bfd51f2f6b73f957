/** Base backup of a running cluster: its files as they are read, and the log that makes them one moment again. */
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type pg from 'pg';
import type { BackedUpFile } from './backup-manifest.ts';
import { BackupRefused } from './backup-refused.ts';
import { type CopiedTree, copyFile, copyTree } from './copy-tree.ts';

/**
 * What a restored server makes anew or must not find (PostgreSQL manual, "Making a Base Backup Using the Low Level API"). Of the log only
 * what belongs to this backup is copied, at its end.
 */
const LEFT_OUT =
  /^(postmaster\.(pid|opts)|backup_label(\.old)?|tablespace_map(\.old)?|(pg_wal|pg_replslot|pg_dynshmem|pg_notify|pg_serial|pg_snapshots|pg_stat_tmp|pg_subtrans)\/.*|(.*\/)?(pgsql_tmp.*|pg_internal\.init.*))$/;

const LABEL = 'backup_label';
const SEGMENT = /^[0-9A-F]{24}$/;
const HISTORY = /^[0-9A-F]{8}\.history$/;

export type BegunBackup = {
  readonly startLsn: string;
  /** Copies all files but the log; the server works on. */
  copyFiles(to: string, signal: AbortSignal): Promise<CopiedTree>;
  /** Ends the backup at this very moment. */
  end(): Promise<EndedBackup>;
};

export type EndedBackup = {
  readonly stopLsn: string;
  readonly timeline: number;
  /** Copies the log from the start to the end, and the label without which a server would not know where to begin. */
  copyLog(to: string): Promise<CopiedTree>;
};

type Stopped = {
  readonly lsn: string;
  readonly labelfile: string;
  readonly spcmapfile: string;
  readonly first: string;
  readonly last: string;
};

/** Begins a backup, which ends with the client's connection if not before. */
export const beginBackup = async (client: pg.Client, cluster: string, label: string): Promise<BegunBackup> => {
  // A checkpoint meanwhile must leave us the log.
  await client.query('SELECT pg_create_physical_replication_slot($1, true, true)', [`cloudmart_backup_${process.pid}`]);
  const { rows } = await client.query<{ lsn: string }>('SELECT pg_backup_start($1, true) AS lsn', [label]);
  const startLsn = rows[0]?.lsn ?? '';
  const end = async (): Promise<EndedBackup> => {
    // It also switches to another file of the log, so that its last file ends with this moment.
    const { rows: stopped } = await client.query<Stopped>(
      `SELECT lsn, labelfile, spcmapfile, pg_walfile_name($1) AS first, pg_walfile_name(lsn) AS last FROM pg_backup_stop(false)`,
      [startLsn],
    );
    const { lsn, labelfile, spcmapfile, first, last } = stopped[0] as Stopped;
    if (spcmapfile.trim() !== '')
      throw new BackupRefused('backup.table-space', `${cluster} has table spaces elsewhere, which no backup copies`);
    return {
      stopLsn: lsn,
      timeline: Number.parseInt(last.slice(0, 8), 16),
      copyLog: async (to) => {
        const from = path.join(cluster, 'pg_wal');
        const names = (await readdir(from)).filter(
          (name) => HISTORY.test(name) || (SEGMENT.test(name) && name >= first && name <= last),
        );
        const files: BackedUpFile[] = [];
        for (const name of names)
          files.push({
            path: `pg_wal/${name}`,
            ...(await copyFile(path.join(from, name), path.join(to, 'pg_wal', name))),
          });
        if (!names.includes(first) || !names.includes(last))
          throw new BackupRefused('backup.log-gone', `PostgreSQL no longer has ${first} to ${last} of its log`);
        await writeFile(path.join(to, LABEL), labelfile, { mode: 0o600, flush: true });
        const sha256 = createHash('sha256').update(labelfile).digest('hex');
        return { folders: [], files: [...files, { path: LABEL, bytes: Buffer.byteLength(labelfile), sha256 }] };
      },
    };
  };
  return {
    startLsn,
    copyFiles: (to, signal) => copyTree(cluster, to, { skip: (name) => LEFT_OUT.test(name), signal }),
    end,
  };
};

/** Major version of the server that wrote a cluster. */
export const majorOf = async (cluster: string): Promise<string> =>
  (await readFile(path.join(cluster, 'PG_VERSION'), 'utf8')).trim();
