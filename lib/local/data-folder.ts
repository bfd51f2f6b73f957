/** The folder that holds everything one local platform remembers: who may use it, and by whom it is used now. */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, realpath, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { isLocked, type KernelLock, takeLock } from '../kernel-lock.ts';
import { writeFileAtomically } from '../write-file-atomically.ts';
import { explainDiskFault, StartRefused } from './start-refused.ts';

const FORMAT = 1;
const MARKER = 'cloudmart.json';
const LOCK = 'lock';
const HOLDER = 'holder.json';
/** Folder with the records of `cloudmart checklist`, which are no data of the shop. */
export const CHECKLISTS = 'checklists';
/** Folder with the reports of rehearsals, such as `cloudmart backup verify`. */
export const REPORTS = 'reports';
/** What may be there before the first start: the rest of one that died in its first moments, and what commands record beside a shop. */
const BEFORE_MARKER = [LOCK, HOLDER, CHECKLISTS, REPORTS];
/** What the load of the films found; there once the first start has come so far. */
export const CATALOGUE = 'catalogue.json';
// An empty PostgreSQL cluster takes 40 MB, the demo catalogue and its write-ahead log up to 150 MB.
const FIRST_START_BYTES = 300 * 1024 ** 2;
const LATER_START_BYTES = 64 * 1024 ** 2;

export type DataFolder = {
  /** Absolute path without symbolic links. */
  readonly path: string;
  /** Random name of the folder, made with it; places outside the folder that belong to it carry this name. */
  readonly id: string;
  /** Whether this start made the folder. */
  readonly fresh: boolean;
  /** Path of something inside. */
  at(...parts: string[]): string;
  /** Gives the folder free for the next start. */
  release(): void;
};

/**
 * Like a recursive `mkdir`, which in Node 24.21 never comes back where the system refuses a new folder with "no such
 * file" although the parent exists, as `/proc` does.
 */
const makeFolder = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder, { mode: 0o711 });
  } catch (problem) {
    const { code } = problem as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT') throw problem;
    const parent = path.dirname(folder);
    const parentExists = await stat(parent).then(
      () => true,
      () => false,
    );
    if (parentExists) throw explainDiskFault({ code: 'EACCES' }, folder);
    await makeFolder(parent);
    await mkdir(folder, { mode: 0o711 });
  }
};

const entriesOf = async (folder: string) =>
  readdir(folder).catch((problem: NodeJS.ErrnoException) => {
    if (problem.code === 'ENOENT') return undefined;
    if (problem.code === 'ENOTDIR')
      throw new StartRefused('data.not-a-folder', `${folder} is a file; choose a folder with --data DIR`);
    throw problem;
  });

/** Returns the folder's id; throws `StartRefused` unless the marker says that this version of the project wrote the folder. */
export const requireOwnFolder = async (folder: string): Promise<string> => {
  const file = path.join(folder, MARKER);
  const text = await readFile(file, 'utf8').catch((problem: NodeJS.ErrnoException) => {
    if (problem.code !== 'ENOENT') throw problem;
    throw new StartRefused(
      'data.foreign',
      `${folder} holds files of something else; choose an empty or new folder with --data DIR`,
    );
  });
  let marker: unknown;
  try {
    marker = JSON.parse(text);
  } catch {
    marker = undefined;
  }
  const { project, format, id } = (marker ?? {}) as { project?: unknown; format?: unknown; id?: unknown };
  if (project !== 'cloudmart' || typeof format !== 'number' || typeof id !== 'string')
    throw new StartRefused(
      'data.corrupt',
      `${file} is damaged; restore it from a backup, or move ${folder} away to start with empty data`,
    );
  if (format > FORMAT)
    throw new StartRefused(
      'data.newer',
      `${folder} was written by a newer version of this project (format ${format}, this version reads ${FORMAT}); update the checkout or choose another folder with --data DIR`,
    );
  return id;
};

/** Refuses data whose databases are gone: an empty shop in their place would look like a loss of every order. */
export const requireDatabases = async (folder: Pick<DataFolder, 'at'>, clusters: readonly string[]): Promise<void> => {
  const wasUsed = await stat(folder.at(CATALOGUE)).then(
    () => true,
    () => false,
  );
  if (wasUsed && clusters.length === 0)
    throw new StartRefused(
      'data.corrupt',
      `${folder.at('postgres', 'cluster')} is missing and held every order of this data; restore it from a backup, or start with empty data after "npx cloudmart stop --forget --data ${folder.at()}"`,
    );
};

const requireSpace = async (folder: string, fresh: boolean) => {
  const { bavail, bsize } = await statfs(folder);
  const needed = fresh ? FIRST_START_BYTES : LATER_START_BYTES;
  const megabytes = (bytes: number) => Math.floor(bytes / 1024 ** 2);
  if (bavail * bsize < needed)
    throw new StartRefused(
      'data.disk-full',
      `the disk that holds ${folder} has ${megabytes(bavail * bsize)} MB free and this start needs ${megabytes(needed)} MB; free some space or choose another folder with --data DIR`,
    );
};

const namedHolder = async (folder: string): Promise<number | undefined> => {
  const text = await readFile(path.join(folder, HOLDER), 'utf8').catch(() => '{}');
  try {
    return (JSON.parse(text) as { pid?: number }).pid;
  } catch {
    return undefined;
  }
};

const holderOf = async (folder: string) => {
  const pid = await namedHolder(folder);
  return pid === undefined ? 'another start' : `process ${pid}`;
};

/** Process that runs a platform on the folder, starts one or ends one; undefined where nobody holds its lock. */
export const folderHolder = async (folder: string): Promise<number | undefined> => {
  const file = path.join(folder, LOCK);
  const isThere = await stat(file).then(
    () => true,
    () => false,
  );
  if (!isThere) return undefined;
  return isLocked(file) ? namedHolder(folder) : undefined;
};

const lock = async (folder: string): Promise<KernelLock> => {
  const taken = await takeLock(path.join(folder, LOCK));
  if (taken) return taken;
  throw new StartRefused(
    'data.in-use',
    `${folder} is used by ${await holderOf(folder)}; stop that one, or run a second platform with --data OTHER-DIR --port-base 18000`,
  );
};

/**
 * Opens the data folder for this process alone, creating it when it is missing or empty.
 * Throws `StartRefused` when the folder is foreign, damaged, newer, in use, unwritable or on a full disk; it is then unchanged.
 */
export const openDataFolder = async (folder: string): Promise<DataFolder> => {
  const given = path.resolve(folder);
  try {
    const entries = await entriesOf(given);
    const fresh = entries === undefined || entries.every((name) => BEFORE_MARKER.includes(name));
    const id = fresh ? randomUUID() : await requireOwnFolder(given);
    if (fresh) await makeFolder(given);
    const absolute = await realpath(given);
    await requireSpace(absolute, fresh);
    const held = await lock(absolute);
    await writeFileAtomically(path.join(absolute, HOLDER), JSON.stringify({ pid: process.pid }));
    if (fresh)
      await writeFileAtomically(
        path.join(absolute, MARKER),
        JSON.stringify({ project: 'cloudmart', format: FORMAT, id }),
      );
    return {
      path: absolute,
      id,
      fresh,
      at: (...parts) => path.join(absolute, ...parts),
      release: () => held.release(),
    };
  } catch (problem) {
    throw explainDiskFault(problem, given);
  }
};
