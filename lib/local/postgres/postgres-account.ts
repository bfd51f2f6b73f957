/** Under which account the embedded PostgreSQL runs, and where that account can read and write. */
import { chmod, chown, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  canEnter,
  NoPostgres,
  postgresPrograms,
  type SystemAccount,
  unprivilegedAccount,
} from '../../../services/kit/storage/postgres-programs.ts';
import type { DataFolder } from '../data-folder.ts';
import { StartRefused } from '../start-refused.ts';

const refused = (problem: unknown): never => {
  throw problem instanceof NoPostgres ? new StartRefused(problem.code, problem.message, { cause: problem }) : problem;
};

/** The account that owns the existing cluster, else an unprivileged one when this process is root. Throws `StartRefused`. */
export const chooseAccount = async (cluster: string | undefined): Promise<SystemAccount> => {
  const owner = cluster === undefined || process.getuid?.() !== 0 ? undefined : await stat(cluster);
  return owner?.uid ? { uid: owner.uid, gid: owner.gid } : unprivilegedAccount().catch(refused);
};

/** Folder of the server's programs that the account can enter. Throws `StartRefused`. */
export const programFolder = async (account: SystemAccount): Promise<string> =>
  (await postgresPrograms(account).catch(refused)).bin;

/** Folder below which clusters lie that their account could not reach inside the data folder. */
const OUTSIDE = '/var/lib/cloudmart';

/** What `reachableHome` needs to know of the data folder. */
export type ClusterOwner = Pick<DataFolder, 'path' | 'id'>;

const insideHome = (folder: ClusterOwner) => path.join(folder.path, 'postgres');
/** Where the data of a data folder with this id lie that could not lie inside it. */
export const folderOutside = (id: string): string => path.join(OUTSIDE, id);

const outsideHome = (folder: ClusterOwner) => path.join(folderOutside(folder.id), 'postgres');

/**
 * Where the cluster lies: inside the data folder if the account can enter it, else below `/var/lib/cloudmart` in a
 * folder named after the data folder's id. The folder exists and belongs to the account afterwards.
 */
export const reachableHome = async (
  folder: ClusterOwner,
  account: SystemAccount,
): Promise<{ home: string; outside: boolean }> => {
  const outside = !(await canEnter(folder.path, account));
  const home = outside ? outsideHome(folder) : insideHome(folder);
  await mkdir(home, { recursive: true });
  // Said apart from making them, because the umask of the shell takes from what is said there (T24).
  for (const open of outside ? [OUTSIDE, folderOutside(folder.id)] : []) await chmod(open, 0o755);
  if (account) await chown(home, account.uid, account.gid);
  return { home, outside };
};

/** Clusters that were made for this data folder, inside it or outside. */
export const clustersOf = async (folder: ClusterOwner): Promise<string[]> => {
  const places = [insideHome(folder), outsideHome(folder)].map((home) => path.join(home, 'cluster'));
  const found = await Promise.all(places.map((place) => stat(place).catch(() => undefined)));
  return places.filter((_, index) => found[index] !== undefined);
};
