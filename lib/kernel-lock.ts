/** Locks that the kernel holds for a process: they end with it however it dies, so none is ever stale. */
import { open } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { StartRefused } from './local/start-refused.ts';

const SQLITE_BUSY = 5;
/** Longer than anybody takes who only looks whether the lock is held. */
const LOCK_WITHIN_MS = 200;

const isBusy = (problem: unknown) => (problem as { errcode?: number }).errcode === SQLITE_BUSY;

export type KernelLock = {
  /** Lets go of it; a second time does nothing. */
  release(): void;
};

/** Takes the lock of a small SQLite file, made where it is missing; undefined while another process has it. Throws `StartRefused` when the file is damaged. */
export const takeLock = async (file: string): Promise<KernelLock | undefined> => {
  // SQLite would hide why the disk refuses; opening the file ourselves first shows it.
  await (await open(file, 'a')).close();
  const database = new DatabaseSync(file, { timeout: LOCK_WITHIN_MS });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (problem) {
    database.close();
    if (isBusy(problem)) return undefined;
    throw new StartRefused('data.corrupt', `${file} is damaged; delete that one file and start again`, {
      cause: problem,
    });
  }
  return {
    release: () => {
      if (database.isOpen) database.close();
    },
  };
};

/** Whether a process has the lock of a file that is there. */
export const isLocked = (file: string): boolean => {
  const database = new DatabaseSync(file, { timeout: 0, readOnly: true });
  try {
    database.exec('SELECT 1 FROM sqlite_schema');
    return false;
  } catch (problem) {
    return isBusy(problem);
  } finally {
    database.close();
  }
};
