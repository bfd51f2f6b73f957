import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

type Entry = { readonly pid: number; readonly parent: number; readonly kilobytes: number };

const fromProc = async (): Promise<Entry[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  return Promise.all(
    pids.map(async (pid) => {
      const text = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
      // The name in brackets may hold anything; what follows its end is numbers.
      const parent = Number((await text('stat')).replace(/^.*\)/s, '').trim().split(' ')[1]);
      return { pid, parent, kilobytes: Number(/^Pss:\s+(\d+)/m.exec(await text('smaps_rollup'))?.[1] ?? 0) };
    }),
  );
};

const fromPs = async (): Promise<Entry[]> => {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,rss='], { timeout: 5000 });
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([pid = 0, parent = 0, kilobytes = 0]) => ({ pid, parent, kilobytes }));
};

/**
 * Memory in bytes of a process and all its descendants. On Linux each page that several share is counted once (PSS); elsewhere, where
 * `ps` tells, once in each process. Undefined where nobody tells.
 */
export const residentMemory = async (root: number): Promise<number | undefined> =>
  (await residentMemories({ root }))?.['root'];

/** {@link residentMemory} of several processes, by name. */
export const residentMemories = async (
  roots: Readonly<Record<string, number>>,
): Promise<Readonly<Record<string, number>> | undefined> => {
  const entries = await (process.platform === 'linux' ? fromProc() : fromPs()).catch(() => undefined);
  if (!entries) return undefined;
  const ofFamily = (root: number) => {
    const family = new Set([root]);
    for (let size = 0; size !== family.size; ) {
      size = family.size;
      for (const { pid, parent } of entries) if (family.has(parent)) family.add(pid);
    }
    return entries.reduce((sum, { pid, kilobytes }) => (family.has(pid) ? sum + kilobytes * 1024 : sum), 0);
  };
  return Object.fromEntries(Object.entries(roots).map(([name, root]) => [name, ofFamily(root)]));
};
