import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isAlive } from '../../../lib/is-alive.ts';
import { folderHolder } from '../../../lib/local/data-folder.ts';
import type { PlatformStatus } from '../../../lib/local/platform-status.ts';
import { readProcessList } from '../../../lib/local/process-list.ts';
import { services } from '../../../lib/services.ts';
import { eventually } from '../../../services/kit/testing/condition.ts';
import { freePortBase } from '../../../services/kit/testing/loopback.ts';

let place: string;
let data: string;
let base: number;
let started: ChildProcess[] = [];

beforeAll(async () => {
  place = await mkdtemp(path.join(tmpdir(), 'cloudmart-npm-'));
  base = await freePortBase();
  data = path.join(place, 'data');
  // Else the account that runs PostgreSQL for root could not enter, and its files would stay in /var/lib.
  await chmod(place, 0o711);
});

afterAll(async () => {
  const holder = await folderHolder(data);
  if (holder !== undefined) process.kill(holder, 'SIGKILL');
  for (const child of started) child.kill('SIGKILL');
  started = [];
  await rm(place, { recursive: true, force: true, maxRetries: 10 });
});

/** What a shell may hold for other programs: a database of its own, and a proxy that leads nowhere. */
const ambient = {
  PGHOST: '192.0.2.1',
  PGSSLMODE: 'require',
  PGOPTIONS: '-c search_path=nowhere',
  NODE_USE_ENV_PROXY: '1',
  http_proxy: 'http://127.0.0.1:9',
  HTTP_PROXY: 'http://127.0.0.1:9',
};

const npmStart = () => {
  const flags = ['start', '--', '--data', data, '--port-base', String(base), '--no-purchase'];
  const child = spawn('npm', flags, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...ambient },
  });
  started.push(child);
  return { child, ended: once(child, 'exit'), said: text(child.stderr) };
};

const cloudmart = (...words: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, ['bin/cloudmart.ts', ...words, '--data', data], (problem, stdout, stderr) =>
      resolve({ code: problem ? Number(problem.code) : 0, stdout, stderr }),
    );
  });

/** Processes of a start that is under way, once there are some. */
const someProcesses = () =>
  eventually(async () => {
    const pids = (await readProcessList(data)).flatMap(({ pid }) => pid ?? []);
    const holder = await folderHolder(data);
    expect(pids.length).toBeGreaterThan(0);
    return [holder as number, ...pids];
  });

test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL'] as const)(
  '%s to npm ends the platform that it started',
  async (signal) => {
    const { child, ended } = npmStart();
    const pids = await someProcesses();
    expect(pids.every(isAlive)).toBe(true);
    child.kill(signal);
    await ended;
    await eventually(async () => expect([await folderHolder(data), ...pids.filter(isAlive)]).toEqual([undefined]));
    await expect(access(path.join(data, 'processes.json'))).rejects.toThrow('ENOENT');
  },
);

describe('a platform that runs without a purchase', () => {
  let running: ReturnType<typeof npmStart>;

  test('is ready, says nothing of a purchase, and what it says fits 80 columns', async () => {
    running = npmStart();
    await eventually(async () => expect((await cloudmart('status')).code).toBe(0));
  });

  test('has a status of every service, in words and as JSON', async () => {
    const { stdout } = await cloudmart('status', '--json');
    const status = JSON.parse(stdout) as PlatformStatus;
    const names = [...services.map(({ name }) => name), 'postgres'];
    expect(status.services.map(({ name, state, restarts }) => [name, state, restarts])).toEqual(
      names.map((name) => [name, 'ready', 0]),
    );
    const words = (await cloudmart('status')).stdout.split('\n');
    for (const name of names) expect(words).toContainEqual(expect.stringMatching(new RegExp(`^ready +${name}\\b`)));
    for (const { name, kind } of services)
      if (kind === 'static') expect(words).toContainEqual(expect.stringMatching(new RegExp(`^${name} +http://127`)));
    expect(words.filter((line) => line.length > 80)).toEqual([]);
  });

  test('has a status that tells a frozen service, and fails', async () => {
    const pid = (await readProcessList(data)).find(({ name }) => name === 'cart')?.pid as number;
    process.kill(pid, 'SIGSTOP');
    const { code, stdout } = await cloudmart('status');
    process.kill(pid, 'SIGCONT');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^unhealthy +cart +process /m);
  });

  test('has a service restarted, profiled and looked into by commands that say so in 80 columns', async () => {
    const restarted = await cloudmart('restart', 'order');
    expect(restarted).toMatchObject({ code: 0, stderr: expect.stringContaining('finishes what it has begun') });
    expect(restarted.stdout).toMatch(/^process \d+ of order finished .*; process \d+ is ready\n$/);
    const profile = await cloudmart('profile', 'order', '--seconds', '0.2', '--json');
    const heap = await cloudmart('heap', 'order', '--json');
    for (const { stdout } of [profile, heap])
      expect(JSON.parse(stdout)).toMatchObject({ service: 'order', file: expect.stringContaining('profiles/order-') });
    await rm(path.join(data, 'profiles'), { recursive: true });
    expect(await cloudmart('restart', 'ordr')).toMatchObject({ code: 2, stderr: expect.stringContaining('known are') });
  });

  test('has logs of all in the order of their times, or of one as they stand in its file', async () => {
    const { stdout } = await cloudmart('logs', '--lines', '200');
    const lines = stdout.split('\n').filter((line) => /^\d\d:/.test(line));
    expect(lines.length).toBeGreaterThan(50);
    expect(lines.toSorted((a, b) => a.slice(0, 12).localeCompare(b.slice(0, 12)))).toEqual(lines);
    const order = (await cloudmart('logs', 'order', '--lines', '2', '--json')).stdout.trim().split('\n');
    expect(order.map((line) => (JSON.parse(line) as { service: string }).service)).toEqual(['order', 'order']);
  });

  test('has logs that go on with what happens, until nobody reads them', async () => {
    const child = spawn(process.execPath, ['bin/cloudmart.ts', 'logs', '--follow', '--lines', '0', '--data', data]);
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const killCart = () =>
      eventually(async () => {
        const cart = (await readProcessList(data)).find(({ name }) => name === 'cart');
        expect(cart?.state).toBe('ready');
        process.kill(cart?.pid as number, 'SIGKILL');
      });
    await killCart();
    await eventually(() => expect(said).toMatch(/ cart .*\bready\b/));
    const ended = once(child, 'exit');
    child.stdout.destroy();
    await killCart();
    expect(await ended).toEqual([0, null]);
  });

  test('is ended by "stop", which waits for it and may be said again', async () => {
    const holder = await folderHolder(data);
    expect(await cloudmart('stop')).toMatchObject({
      code: 0,
      stdout: `process ${holder} ended, and all that it had started\n`,
    });
    const said = await running.said;
    expect(said).toContain('shop API');
    expect(said).not.toContain('Bought');
    // npm repeats the command, and listr2 the titles of steps, as they are.
    const own = said.split('\n').filter((line) => !line.includes(data) && line.length > 80);
    expect(own).toEqual([]);
    expect(await cloudmart('stop')).toMatchObject({ code: 0, stdout: `no platform runs on ${data}\n` });
    expect((await cloudmart('status')).code).toBe(1);
  });

  test('is forgotten with "stop --forget", and nothing else is', async () => {
    expect(await cloudmart('stop', '--forget')).toMatchObject({
      code: 0,
      stdout: `no platform runs on ${data}\ndeleted ${data}\n`,
    });
    await expect(access(data)).rejects.toThrow('ENOENT');
    expect(await cloudmart('stop', '--forget')).toMatchObject({ code: 0, stdout: `no platform runs on ${data}\n` });
  });
});
