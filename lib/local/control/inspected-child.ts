/**
 * Runs inside of a service's process when its supervisor asks over their channel: what it does with its time, or what it holds in memory.
 * No port is opened: the inspector's session lies within the process, and nobody but the parent can write to the channel.
 */
import { access, link, open, rm, stat } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { writeHeapSnapshot } from 'node:v8';

export type Inspection = { readonly file: string } & (
  | { readonly what: 'profile'; readonly seconds: number }
  | { readonly what: 'heap' }
);

const profile = async (seconds: number): Promise<string> => {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.start');
    await pause(seconds * 1000);
    return JSON.stringify((await session.post('Profiler.stop')).profile);
  } finally {
    session.disconnect();
  }
};

const requireNew = async (file: string) => {
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (isThere) throw new Error(`${file} is there already; choose another name with --out`);
};

/** Writes the file, which must not be there yet and which only this account may read. Resolves to its size in bytes. */
export const inspect = async (inspection: Inspection): Promise<number> => {
  const { file } = inspection;
  await requireNew(file);
  // A process that is killed while it writes leaves no half file under the name that was asked for.
  const half = `${file}.${process.pid}.half`;
  const opened = await open(half, 'wx', 0o600);
  try {
    if (inspection.what === 'profile') await opened.writeFile(await profile(inspection.seconds));
    // V8 writes to a path alone; the file keeps its mode.
    else writeHeapSnapshot(half);
    await requireNew(file);
    await link(half, file);
  } finally {
    await opened.close();
    await rm(half, { force: true });
  }
  return (await stat(file)).size;
};
