/** Processor time by process, from Linux's own books. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Milliseconds of processor time since the start, by the name of who used it. */
export type ProcessorTime = Readonly<Record<string, number>>;

export type ProcessStat = {
  readonly pid: number;
  readonly parent: number;
  /** Clock ticks of its own, and of children that have ended. */
  readonly own: number;
  readonly ofChildren: number;
};

/** Reads `/proc/<pid>/stat`; the name in brackets may hold anything. Undefined for a text that is none. */
export const parseStat = (text: string): ProcessStat | undefined => {
  const [, pid, rest] = /^(\d+) \(.*\) \S (.*)$/s.exec(text.trim()) ?? [];
  if (!pid || !rest) return undefined;
  // Fields from the fourth on, by proc(5): ppid is the first of them, utime the 11th.
  const fields = rest.split(' ').map(Number);
  const field = (at: number) => fields[at] ?? 0;
  return {
    pid: Number(pid),
    parent: field(0),
    own: field(10) + field(11),
    ofChildren: field(12) + field(13),
  };
};

/** Time of a process and everything that descends from it, also of what has ended. */
export const familyTicks = (all: readonly ProcessStat[], root: number): number => {
  const family = new Set([root]);
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
  }
  return all.reduce((sum, { pid, own, ofChildren }) => (family.has(pid) ? sum + own + ofChildren : sum), 0);
};

const readStats = async (): Promise<ProcessStat[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(
    pids.map(async (pid) => parseStat(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''))),
  );
  return stats.filter((stat) => stat !== undefined);
};

const ticksPerSecond = async () => Number((await promisify(execFile)('getconf', ['CLK_TCK'])).stdout);

export type MeasuredProcesses = {
  /** Process that runs the platform. */
  readonly platform: number;
  /** Process ids of what it started, by name: services and PostgreSQL. */
  readonly started: Readonly<Record<string, number>>;
};

/**
 * Reads who used how much: each service, PostgreSQL with its backends, and `platform` for what the starting process itself
 * does (tables, mailbox). Undefined where there is no `/proc`.
 */
export const readProcessorTime = async (measured: MeasuredProcesses): Promise<ProcessorTime | undefined> => {
  if (process.platform !== 'linux') return undefined;
  const [stats, ticks] = await Promise.all([readStats(), ticksPerSecond()]);
  const milliseconds = (used: number) => (used / ticks) * 1_000;
  const own = stats.find(({ pid }) => pid === measured.platform)?.own ?? 0;
  return {
    ...Object.fromEntries(
      Object.entries(measured.started).map(([name, pid]) => [name, milliseconds(familyTicks(stats, pid))]),
    ),
    platform: milliseconds(own),
  };
};
