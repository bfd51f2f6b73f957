/** Finds out whether a port is free, and who holds it when it is not. */
import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { PortUse } from './ports.ts';
import { StartRefused } from './start-refused.ts';

const LISTEN_STATE = '0A';
/** Holders named in full; where another platform holds every port, the first few tell it. */
const SHOWN_HOLDERS = 2;
const POLL_MS = 50;
const run = promisify(execFile);

const isFree = (port: number) =>
  new Promise<boolean>((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (problem: NodeJS.ErrnoException) => {
      if (problem.code === 'EADDRINUSE') resolve(false);
      else if (problem.code === 'EACCES')
        reject(
          new StartRefused(
            'port.forbidden',
            `this user may not listen on port ${port}; move all ports with --port-base 18000`,
          ),
        );
      else reject(problem);
    });
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });

/** Socket inodes that listen on the port, from a `/proc/net/tcp` table (proc_net(5)). */
const listeningInodes = (table: string, port: number): string[] => {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(suffix) && fields[3] === LISTEN_STATE)
    .flatMap((fields) => fields[9] ?? []);
};

const holderFromProc = async (port: number): Promise<string | undefined> => {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'utf8').catch(() => '')),
  );
  const links = new Set(tables.flatMap((table) => listeningInodes(table, port)).map((inode) => `socket:[${inode}]`));
  if (links.size === 0) return undefined;
  for (const pid of (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))) {
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const descriptor of descriptors) {
      const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
      if (!links.has(target)) continue;
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      return `process ${pid} (${command.replaceAll('\0', ' ').trim().slice(0, 80) || 'unknown command'})`;
    }
  }
  return undefined;
};

const holderFromLsof = async (port: number): Promise<string | undefined> => {
  const { stdout } = await run('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], { timeout: 3000 });
  const pid = /^p(\d+)$/m.exec(stdout)?.[1];
  return pid === undefined ? undefined : `process ${pid} (${/^c(.+)$/m.exec(stdout)?.[1] ?? 'unknown command'})`;
};

/** Names the process that listens on the port, as far as this user may see it. */
export const portHolder = async (port: number): Promise<string> =>
  (await holderFromProc(port)) ?? (await holderFromLsof(port).catch(() => undefined)) ?? 'a process of another user';

const takenAmong = async (uses: readonly PortUse[]): Promise<PortUse[]> => {
  const checks = await Promise.all(uses.map(async (use) => ({ ...use, free: await isFree(use.port) })));
  return checks.filter(({ free }) => !free);
};

/**
 * Throws `StartRefused` naming each taken port, who wants it, who holds it, and the way out.
 * @param withinMs how long to wait for those that are just ending; default not at all
 */
export const requireFreePorts = async (uses: readonly PortUse[], withinMs = 0): Promise<void> => {
  const owners = new Map<number, string>();
  for (const { name, port } of uses) {
    const other = owners.get(port);
    if (other !== undefined)
      throw new StartRefused('port.doubled', `${name} and ${other} both want port ${port}; change one in its manifest`);
    owners.set(port, name);
  }
  const until = performance.now() + withinMs;
  let taken = await takenAmong(uses);
  while (taken.length > 0 && performance.now() < until) {
    await pause(POLL_MS);
    taken = await takenAmong(uses);
  }
  if (taken.length === 0) return;
  const lines = await Promise.all(
    taken
      .slice(0, SHOWN_HOLDERS)
      .map(async ({ name, port }) => `port ${port} for ${name} is held by ${await portHolder(port)}`),
  );
  const others = taken.slice(SHOWN_HOLDERS).map(({ port }) => port);
  if (others.length > 0) lines.push(`ports ${others.join(', ')} are held too`);
  throw new StartRefused(
    'port.taken',
    `${lines.join('; ')}. Stop ${taken.length === 1 ? 'it' : 'them'}, or move all ports with --port-base 18000`,
  );
};
