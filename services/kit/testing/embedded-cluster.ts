/** One PostgreSQL for a test run: started by the first test file that needs it, gone with the jest process. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { answersQueries } from '../storage/answers-queries.ts';
import { postgresPrograms, type SystemAccount, unprivilegedAccount } from '../storage/postgres-programs.ts';
import { freePort } from './loopback.ts';

const run = promisify(execFile);
const startDeadlineMs = 60_000;

/** Durability is off: a test run ends with its data. The rest is small, because services have small pools. */
const settings = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'max_connections=300',
  'shared_buffers=64MB',
  'max_wal_size=256MB',
  'listen_addresses=127.0.0.1',
  'autovacuum_naptime=10min',
  'logging_collector=off',
  'log_min_messages=fatal',
  'log_min_error_statement=panic',
  // Counted in the databases that ask for it alone: "ALTER DATABASE name SET pg_stat_statements.track = 'all'".
  'shared_preload_libraries=pg_stat_statements',
  'pg_stat_statements.track=none',
];

/**
 * Stops the server and removes its folder once the owner is gone, however it ended. A jest teardown would miss a killed
 * run, and would need one setting in every place that starts jest.
 */
const guardScript = `
while kill -0 "$1" 2>/dev/null; do sleep 1; done
kill -INT "$2" 2>/dev/null
for i in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$2" 2>/dev/null || break; sleep 0.3; done
kill -KILL "$2" 2>/dev/null
rm -rf "$3"`;

/** An empty folder that the server's user owns. */
const makeOwnFolder = async (folder: string, account: SystemAccount) => {
  await mkdir(folder, { mode: 0o700 });
  if (account) await chown(folder, account.uid, account.gid);
};

/** A cluster as `initdb` leaves it, made once and copied for each run: that takes a tenth of the time. */
const initializedCluster = async (account: SystemAccount): Promise<string> => {
  const { bin, version } = await postgresPrograms(account);
  const target = join(tmpdir(), `cloudmart-tests-cluster-${version}-${userInfo().uid}`);
  if (existsSync(target)) return target;
  const draft = `${target}-${process.pid}`;
  await makeOwnFolder(draft, account);
  const parameters = ['-D', draft, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--no-sync', '--locale=C'];
  await run(join(bin, 'initdb'), parameters, { ...account, cwd: '/' });
  try {
    renameSync(draft, target);
  } catch {
    // Another process was first.
    rmSync(draft, { recursive: true });
  }
  return target;
};

const start = async (folder: string, ownerPid: number): Promise<string> => {
  const account = await unprivilegedAccount();
  const { bin } = await postgresPrograms(account);
  const cluster = join(folder, 'cluster');
  await chmod(folder, 0o755);
  await makeOwnFolder(cluster, account);
  // A working folder that the user may enter: the checkout may be closed to it.
  const options = { ...account, cwd: '/' };
  await run('cp', ['-a', `${await initializedCluster(account)}/.`, cluster], options);
  const port = await freePort();
  const server = spawn(
    join(bin, 'postgres'),
    ['-D', cluster, '-p', String(port), '-k', '', ...settings.flatMap((setting) => ['-c', setting])],
    { ...options, detached: true, stdio: 'ignore' },
  );
  server.unref();
  spawn('sh', ['-c', guardScript, 'guard', String(ownerPid), String(server.pid), folder], {
    detached: true,
    stdio: 'ignore',
    cwd: '/',
  }).unref();
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
  const giveUpAt = performance.now() + startDeadlineMs;
  while (!(await answersQueries(url, 1_000))) {
    if (server.exitCode !== null)
      throw new Error(`PostgreSQL for tests ended with exit code ${server.exitCode} while starting`);
    if (performance.now() > giveUpAt)
      throw new Error(`PostgreSQL for tests did not answer within ${startDeadlineMs} ms`);
    await wait(50);
  }
  return url;
};

/** A worker process talks to jest over a channel and belongs to its parent; `--runInBand` is jest itself. */
const ownerOfThisRun = () => (process.send ? process.ppid : process.pid);

/** URL of the run's server as superuser; starts it if no other test file of the run did. */
export const clusterUrl = async (): Promise<string> => {
  const owner = ownerOfThisRun();
  const folder = join(tmpdir(), `cloudmart-tests-${owner}-${startOfProcess(owner)}`);
  const address = join(folder, 'url');
  const giveUpAt = performance.now() + startDeadlineMs;
  try {
    mkdirSync(folder);
  } catch {
    while (!existsSync(address)) {
      const failure = join(folder, 'failure');
      if (existsSync(failure)) throw new Error(readFileSync(failure, 'utf8'));
      if (performance.now() > giveUpAt)
        throw new Error(`no PostgreSQL after ${startDeadlineMs} ms; look into ${folder}`);
      await wait(50);
    }
    return readFileSync(address, 'utf8');
  }
  try {
    const url = await start(folder, owner);
    await writeFile(`${address}.draft`, url);
    renameSync(`${address}.draft`, address);
    return url;
  } catch (error) {
    await writeFile(join(folder, 'failure'), `PostgreSQL for tests could not be started: ${(error as Error).message}`);
    throw error;
  }
};

/** Process ids come back; together with the time of its start one is unique. */
const startOfProcess = (pid: number): string => {
  const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return Buffer.from(stdout?.trim() || 'unknown')
    .toString('hex')
    .slice(-16);
};
