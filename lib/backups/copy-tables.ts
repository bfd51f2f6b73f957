/** The tables of a running platform, copied from below it. */
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { BackupRefused } from './backup-refused.ts';
import { type CopiedTree, copyTree } from './copy-tree.ts';

/** Each takes some milliseconds, and something changes once in some megabytes of writes. */
const TRIES = 20;

/** Of the process that has the tables open, and nothing that another would read. */
const isOfProcess = (name: string) => /^(LOCK|LOG|LOG\.old)$/.test(name);

/** Files of the store, and how long its index of them is. */
const shapeOf = async (folder: string): Promise<string> => {
  const names = (await readdir(folder)).filter((name) => !isOfProcess(name)).toSorted();
  const indexes = names.filter((name) => name.startsWith('MANIFEST-'));
  const sizes = await Promise.all(indexes.map(async (name) => (await stat(path.join(folder, name))).size));
  return JSON.stringify([names, sizes]);
};

/**
 * Copies the files of LevelDB while it is written to. It appends to its log and its index and never changes another file, so a copy
 * during which no file came or went and the index did not grow is what a crash at its end would have left, which LevelDB opens.
 */
export const copyTables = async (from: string, to: string, signal: AbortSignal): Promise<CopiedTree> => {
  for (let left = TRIES; left > 0; left -= 1) {
    signal.throwIfAborted();
    try {
      const before = await shapeOf(from);
      const copied = await copyTree(from, to, { skip: isOfProcess, signal });
      if (copied.files.length > 0 && (await shapeOf(from)) === before) return copied;
    } catch (problem) {
      if ((problem as NodeJS.ErrnoException).code !== 'ENOENT') throw problem;
    }
    await rm(to, { recursive: true, force: true });
  }
  throw new BackupRefused('backup.busy', `the tables in ${from} changed during each of ${TRIES} copies; try it again`);
};
