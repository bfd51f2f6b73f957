/** Embedded PostgreSQL: one real cluster on loopback, durable, small, and ended with its parent. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, open, readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { STATEMENT_COUNT_SETTINGS } from '../../databases/count-statements.ts';
import { type LocalSize, localSizes } from '../size.ts';
import { explainDiskFault, StartRefused } from '../start-refused.ts';
import { type ClusterOwner, chooseAccount, clustersOf, programFolder, reachableHome } from './postgres-account.ts';
import { ADMINISTRATOR, postmasterOf, prepareCluster } from './postgres-cluster.ts';

const READY_WITHIN_MS = 30_000;
const POLL_MS = 25;
/** For a start that is given up to shut down in order. */
const GIVE_UP_MS = 1000;

/** Durable as in production, whatever the size (lib/local/size.ts). */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  password_encryption: 'scram-sha-256',
  max_connections: 100,
  superuser_reserved_connections: 3,
  work_mem: '4MB',
  maintenance_work_mem: '32MB',
  temp_buffers: '1MB',
  // Workers that this load never needs cost 5 to 10 MB each.
  io_method: 'sync',
  max_parallel_workers: 0,
  max_parallel_workers_per_gather: 0,
  max_logical_replication_workers: 0,
  autovacuum_max_workers: 1,
  jit: 'off',
  ...STATEMENT_COUNT_SETTINGS,
  // The background writer would touch, and so count as its own memory, every shared page; backends write their own.
  bgwriter_lru_maxpages: 0,
  log_min_messages: 'warning',
  log_line_prefix: '%m [%p] %q%u@%d ',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Tables of queues and leases are rewritten all the time; the default of 60 s lets them bloat.
  autovacuum_naptime: '15s',
  // After a crash: one call for the disk instead of opening some 3,300 files, which takes 5 to 7 s. Only Linux has it.
  ...(process.platform === 'linux' && { recovery_init_sync_method: 'syncfs' }),
};

// Ends the server by fast shutdown when the pipe to the parent closes, also when the parent was killed with -9.
const GUARD = `exec 3<&0
"$@" 3<&- </dev/null & server=$!
( cat <&3 >/dev/null; kill -INT $server 2>/dev/null ) & watch=$!
exec 3<&-
trap 'kill -INT $server 2>/dev/null' TERM INT
wait $server; code=$?
while kill -0 $server 2>/dev/null; do wait $server; code=$?; done
kill $watch 2>/dev/null; exit $code`;

export type Postgres = {
  readonly port: number;
  /** Folder of the cluster. */
  readonly cluster: string;
  /** Set when the cluster had to lie outside the data folder. */
  readonly outside: boolean;
  /** The server's process, whose children are its backends. */
  readonly pid: number;
  /** Settles when the server ended, with how and why, such as "was ended by SIGKILL". */
  readonly ended: Promise<string>;
  /** Fast shutdown: open transactions are rolled back; after `graceMs` the server is stopped at once and recovers at the next start. */
  stop(graceMs: number): Promise<void>;
};

export type PostgresOptions = {
  readonly folder: ClusterOwner;
  readonly logFile: string;
  readonly port: number;
  readonly password: string;
  /** Settings beside the fixed ones; default those of the small size. */
  readonly settings?: LocalSize['postgres'];
  /** Aborted to give up before the server answers; default never. */
  readonly signal?: AbortSignal;
};

/** What is told to clients meanwhile says nothing of the reason. */
const SYMPTOM =
  /the database system is (starting up|not yet accepting|not accepting|in recovery|shutting down)|terminating connection|connection to client lost/;

/** Line of the server's log that says best why it ended, without time stamp: of a full disk, else the last complaint. */
const lastComplaint = async (logFile: string, from: number): Promise<string> => {
  const log = (await readFile(logFile)).subarray(from).toString('utf8');
  const lines = log.split('\n').filter((line) => /(FATAL|PANIC|could not|No space)/.test(line));
  const telling = lines.filter((line) => !SYMPTOM.test(line));
  const found = telling.findLast((line) => /No space left/.test(line)) ?? telling.at(-1);
  return (found ?? log.trim().split('\n').at(-1) ?? '').replace(/^\S+ \S+ \S+ \[\d+\] (\S+@\S+ )?/, '');
};

/** How the shell of {@link GUARD} tells that a signal ended the server: 128 and its number. */
const signalOf = (code: number) => Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0];

const endingOf = async (code: number | null, logFile: string, from: number): Promise<string> => {
  const signal = code === null ? undefined : signalOf(code);
  // Nobody has last words after that, and earlier complaints are no reason.
  if (signal === 'SIGKILL') return `was ended by ${signal}`;
  return `${signal === undefined ? 'ended' : `was ended by ${signal}`}: ${await lastComplaint(logFile, from).catch(() => 'no reason in its log')}`;
};

const connects = async (port: number, password: string) => {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: ADMINISTRATOR,
    password,
    database: 'postgres',
    connectionTimeoutMillis: 2000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch (problem) {
    const { code } = problem as { code?: string };
    // 28P01 invalid password, 28000 invalid authorisation: waiting changes nothing.
    if (code === '28P01' || code === '28000')
      throw new StartRefused(
        'data.corrupt',
        'the password in secrets.json does not open the databases beside it; restore the data folder as a whole, or move it away to start with empty data',
        { cause: problem },
      );
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
};

/**
 * Starts the server, creating the cluster if there is none, and waits until it answers. Throws `StartRefused` with
 * PostgreSQL's own last complaint.
 */
export const startPostgres = async ({
  folder,
  logFile,
  port,
  password,
  settings = localSizes.small.postgres,
  signal,
}: PostgresOptions): Promise<Postgres> => {
  const account = await chooseAccount((await clustersOf(folder))[0]);
  const bin = await programFolder(account);
  const { home, outside } = await reachableHome(folder, account);
  const cluster = path.join(home, 'cluster');
  await prepareCluster(cluster, bin, password, account, signal);

  const log = await open(logFile, 'a', 0o600);
  await chmod(logFile, 0o600);
  const { size: logStart } = await log.stat();
  const flags = Object.entries({ ...SETTINGS, ...settings, port }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const guard: ChildProcess = spawn(
    '/bin/sh',
    ['-c', GUARD, 'postgres-guard', path.join(bin, 'postgres'), '-D', cluster, ...flags],
    {
      ...account,
      cwd: '/',
      // Its own process group: Ctrl-C in a terminal must reach the services first.
      detached: true,
      env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['pipe', log.fd, log.fd],
    },
  );
  await log.close();
  let over = false;
  const ended = new Promise<string>((resolve) => {
    guard.once('error', (problem) => resolve(problem.message));
    guard.once('exit', (code) => {
      over = true;
      // Should the guard alone have died, its watch ends the server now.
      guard.stdin?.destroy();
      resolve(endingOf(code, logFile, logStart));
    });
  });
  guard.stdin?.on('error', () => undefined);

  const stop = async (graceMs: number) => {
    if (over) return;
    guard.stdin?.end();
    const timer = setTimeout(() => {
      // The whole group: guard, postmaster and backends.
      if (guard.pid !== undefined && !over) process.kill(-guard.pid, 'SIGQUIT');
    }, graceMs);
    await ended;
    clearTimeout(timer);
  };

  for (const until = Date.now() + READY_WITHIN_MS; ; await pause(POLL_MS)) {
    if (signal?.aborted) {
      await stop(GIVE_UP_MS);
      signal.throwIfAborted();
    }
    if (over) {
      const reason = await ended;
      if (/No space left/.test(reason)) throw explainDiskFault({ code: 'ENOSPC' }, folder.path);
      throw new StartRefused(
        'postgres.failed',
        `PostgreSQL could not start on ${cluster}: it ${reason}. Its log is ${logFile}; if the data are damaged, restore a backup or move ${folder.path} away to start with empty data`,
      );
    }
    try {
      if (await connects(port, password)) break;
    } catch (problem) {
      await stop(GIVE_UP_MS);
      throw problem;
    }
    if (Date.now() > until) {
      await stop(GIVE_UP_MS);
      throw new StartRefused(
        'postgres.failed',
        `PostgreSQL did not answer on port ${port} within ${READY_WITHIN_MS / 1000} s; its log is ${logFile}`,
      );
    }
  }
  return { port, cluster, outside, pid: (await postmasterOf(cluster)) ?? (guard.pid as number), ended, stop };
};
