/** The files of the embedded PostgreSQL: made whole or not at all, of the right version, and free for one server. */
import { execFile } from 'node:child_process';
import { chown, readdir, readFile, readlink, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { SystemAccount } from '../../../services/kit/storage/postgres-programs.ts';
import { isAlive } from '../../is-alive.ts';
import { explainDiskFault, StartRefused } from '../start-refused.ts';

const run = promisify(execFile);
/** Major version of the embedded PostgreSQL. */
export const MAJOR = '18';
/** Name of PostgreSQL's superuser. */
export const ADMINISTRATOR = 'cloudmart';
const FREE_WITHIN_MS = 30_000;
const POLL_MS = 25;
const PID_FILE = 'postmaster.pid';

const isThere = (file: string) =>
  stat(file).then(
    () => true,
    () => false,
  );

/** Makes the cluster under another name first, so that a start that dies midway leaves nothing that looks whole. */
const initialise = async (
  cluster: string,
  bin: string,
  password: string,
  account: SystemAccount,
  signal: AbortSignal | undefined,
) => {
  const draft = `${cluster}.new`;
  const passwordFile = `${cluster}.password`;
  await rm(draft, { recursive: true, force: true });
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account) await chown(passwordFile, account.uid, account.gid);
  try {
    await run(
      path.join(bin, 'initdb'),
      [
        `--pgdata=${draft}`,
        `--username=${ADMINISTRATOR}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--data-checksums',
      ],
      { ...account, cwd: '/', env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' }, timeout: FREE_WITHIN_MS },
    );
  } catch (problem) {
    const { stderr = '' } = problem as { stderr?: string };
    await rm(draft, { recursive: true, force: true });
    // Ctrl-C in a terminal also reaches initdb, whose end is no fault of the machine then.
    signal?.throwIfAborted();
    const reason = stderr
      .trim()
      .split('\n')
      .filter((line) => line.includes('error') || line.includes('FATAL') || line.includes('PANIC'))
      .at(-1);
    if (/No space left/.test(stderr)) throw explainDiskFault({ code: 'ENOSPC' }, path.dirname(cluster));
    throw new StartRefused(
      'postgres.no-cluster',
      `PostgreSQL could not create its files in ${path.dirname(cluster)}: ${reason ?? String(problem)}`,
      { cause: problem },
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(draft, cluster);
};

const checkVersion = async (cluster: string) => {
  const version = (await readFile(path.join(cluster, 'PG_VERSION'), 'utf8').catch(() => '')).trim();
  if (version === MAJOR) return;
  const what =
    version === ''
      ? 'is not a PostgreSQL cluster or is damaged'
      : `was written by PostgreSQL ${version} and this version runs ${MAJOR}`;
  throw new StartRefused(
    'data.corrupt',
    `${cluster} ${what}; restore it from a backup, or move the data folder away to start with empty data`,
  );
};

/**
 * Server processes that work on the cluster: they change into its folder. Where there is no /proc the pid file is all
 * there is to go by, and PostgreSQL itself refuses to start beside a server that is still there.
 */
const serversOn = async (cluster: string, postmaster: number): Promise<number[]> => {
  const pids = await readdir('/proc').catch(() => undefined);
  if (!pids) return isAlive(postmaster) ? [postmaster] : [];
  const folders = await Promise.all(
    pids
      .filter((name) => /^\d+$/.test(name))
      .map(async (pid) => ({ pid: Number(pid), folder: await readlink(`/proc/${pid}/cwd`).catch(() => '') })),
  );
  return folders.filter(({ folder }) => folder === cluster).map(({ pid }) => pid);
};

/** The server's process, as its pid file has it; undefined where there is none. */
export const postmasterOf = async (cluster: string): Promise<number | undefined> => {
  const text = await readFile(path.join(cluster, PID_FILE), 'utf8').catch(() => '');
  const pid = Number(text.split('\n')[0]);
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
};

/**
 * Ends a server that outlived its killed parent, and clears the pid file of one that is dead: in a container whose first
 * process reaps no zombies, PostgreSQL would take the dead server's id for a living one for ever.
 */
const endLeftover = async (cluster: string) => {
  const postmaster = await postmasterOf(cluster);
  if (postmaster === undefined) return;
  const found = await serversOn(cluster, postmaster);
  if (found.includes(postmaster)) process.kill(postmaster, 'SIGINT');
  for (
    const until = Date.now() + FREE_WITHIN_MS;
    (await serversOn(cluster, postmaster)).length > 0;
    await pause(POLL_MS)
  )
    if (Date.now() > until)
      throw new StartRefused(
        'postgres.leftover',
        `PostgreSQL of an earlier start still runs as process ${found.join(', ')} and does not end; stop it with "kill -9" and start again`,
      );
  await rm(path.join(cluster, PID_FILE), { force: true });
};

/** Makes the cluster if there is none, refuses one of another version, and ends a server that still works on it. */
export const prepareCluster = async (
  cluster: string,
  bin: string,
  password: string,
  account: SystemAccount,
  signal?: AbortSignal,
): Promise<void> => {
  if (await isThere(cluster)) await checkVersion(cluster);
  else await initialise(cluster, bin, password, account, signal);
  await endLeftover(cluster);
};
