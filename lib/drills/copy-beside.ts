import { execFile } from 'node:child_process';
import { appendFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type pg from 'pg';
import { beginBackup } from '../backups/copy-cluster.ts';
import { freePort } from '../backups/free-ports.ts';
import { type Postgres, startPostgres } from '../local/postgres/postgres.ts';
import { chooseAccount } from '../local/postgres/postgres-account.ts';
import type { DrillContext } from './drill.ts';

const run = promisify(execFile);

/** Gives files to the account under which PostgreSQL runs. */
export const giveToServer = async ({ state }: DrillContext, ...files: readonly string[]): Promise<void> => {
  const account = await chooseAccount(state.postgres.cluster);
  if (account) await run('chown', ['-R', `${account.uid}:${account.gid}`, ...files]);
};

export type CopyBeside = {
  /** Name of the copy's folder in the data folder, and of its log. */
  readonly name: string;
  /** Superuser's password, which the copy shares. */
  readonly password: string;
};

export type CopiedBeside = {
  /** Folder of the copied cluster. */
  readonly cluster: string;
  /** Adds settings, makes an empty file that says what the server is to be, and starts it on a port of its own. */
  start(signalFile: string, settings: Readonly<Record<string, string>>): Promise<Postgres>;
};

/** Copies the cluster beside while it works, with the log that makes the copy one moment. */
export const copyBeside = async (
  context: DrillContext,
  client: pg.Client,
  { name, password }: CopyBeside,
): Promise<CopiedBeside> => {
  const { state, signal } = context;
  const home = path.join(state.dataFolder, name);
  const cluster = path.join(home, 'postgres', 'cluster');
  await mkdir(path.join(home, 'postgres'), { recursive: true, mode: 0o711 });
  const begun = await beginBackup(client, state.postgres.cluster, name);
  await begun.copyFiles(cluster, signal);
  await mkdir(path.join(cluster, 'pg_wal'), { recursive: true, mode: 0o700 });
  await (await begun.end()).copyLog(cluster);
  return {
    cluster,
    start: async (signalFile, settings) => {
      const lines = Object.entries(settings).map(([key, value]) => `${key} = '${value.replaceAll("'", "''")}'\n`);
      await appendFile(path.join(cluster, 'postgresql.auto.conf'), lines.join(''));
      await appendFile(path.join(cluster, signalFile), '');
      await giveToServer(context, cluster);
      return startPostgres({
        ...{ folder: { path: home, id: name }, logFile: path.join(state.dataFolder, 'logs', `${name}.log`) },
        ...{ port: await freePort(), password, signal },
      });
    },
  };
};
