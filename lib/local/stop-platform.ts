/** The end of a platform that another process runs, and of its data. */
import { readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CHECKLISTS, folderHolder, requireOwnFolder } from './data-folder.ts';
import { folderOutside } from './postgres/postgres-account.ts';
import { StartRefused } from './start-refused.ts';

const STOPPED_WITHIN_MS = 15_000;
const POLL_MS = 50;

/**
 * Ends the platform of a data folder, also one that is starting, and waits until its data are free. Returns its process, or undefined
 * when nothing ran. Throws `StartRefused` when it does not end within 15 s.
 */
export const stopPlatform = async (dataFolder: string): Promise<number | undefined> => {
  const holder = await folderHolder(dataFolder);
  if (holder === undefined) return undefined;
  process.kill(holder, 'SIGTERM');
  const until = performance.now() + STOPPED_WITHIN_MS;
  while ((await folderHolder(dataFolder)) === holder) {
    if (performance.now() > until)
      throw new StartRefused(
        'platform.does-not-end',
        `process ${holder} did not end within ${STOPPED_WITHIN_MS / 1000} s; end it with "kill -9 ${holder}", which loses nothing that was accepted`,
      );
    await pause(POLL_MS);
  }
  return holder;
};

/**
 * Deletes all data of a platform that does not run, also what lies outside its folder; records of checklists stay. Returns the folders
 * that are gone. Throws `StartRefused` for a folder that is none of a platform, and touches nothing then.
 */
export const forgetData = async (dataFolder: string): Promise<string[]> => {
  const folder = path.resolve(dataFolder);
  const entries = await readdir(folder).catch((problem: NodeJS.ErrnoException) => {
    if (problem.code === 'ENOENT') return undefined;
    throw problem;
  });
  if (!entries) return [];
  const outside = folderOutside(await requireOwnFolder(folder));
  const forgotten = [folder];
  if (await readdir(outside).catch(() => undefined)) {
    await rm(outside, { recursive: true });
    forgotten.push(outside);
  }
  for (const entry of entries.filter((name) => name !== CHECKLISTS))
    await rm(path.join(folder, entry), { recursive: true, force: true });
  if (!entries.includes(CHECKLISTS)) await rmdir(folder);
  return forgotten;
};
