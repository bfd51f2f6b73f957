import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Resident memory in bytes of a process and all its descendants, shared pages counted in each; undefined where there is no `ps`. */
export const residentBytes = async (root: number): Promise<number | undefined> => {
  const listing = await run('ps', ['-A', '-o', 'pid=,ppid=,rss='], { timeout: 5000 }).catch(() => undefined);
  if (!listing) return undefined;
  const rows = listing.stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const family = new Set([root]);
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const [pid = 0, parent = 0] of rows) if (family.has(parent)) family.add(pid);
  }
  return rows.reduce((sum, [pid = 0, , kilobytes = 0]) => (family.has(pid) ? sum + kilobytes * 1024 : sum), 0);
};
