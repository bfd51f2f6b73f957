import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../services/kit/testing/condition.ts';
import { hangUp, listen } from '../../services/kit/testing/loopback.ts';
import { isAlive } from '../is-alive.ts';
import { BACK_OFF, backOffMs, type ProcessPlan, type ServiceProcess, superviseProcess } from './service-process.ts';

const QUICK = { firstMs: 5, mostMs: 20, calmMs: 60_000 };
let folder: string;
let running: ServiceProcess[] = [];
let lines: string[] = [];

const plan = async (source: string, more: Partial<ProcessPlan> = {}): Promise<ProcessPlan> => {
  const entry = path.join(folder, 'child.mjs');
  await writeFile(entry, source);
  return {
    name: 'child',
    entry,
    environment: {},
    nodeFlags: [],
    logFile: path.join(folder, 'child.log'),
    workingFolder: folder,
    ...more,
  };
};

const supervise = (what: ProcessPlan) => {
  const child = superviseProcess(what, { say: (line) => lines.push(line), backOff: QUICK });
  running.push(child);
  return child;
};

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'service-process-'));
  running = [];
  lines = [];
});

afterEach(async () => {
  await Promise.all(running.map((child) => child.stop(200)));
  await rm(folder, { recursive: true });
});

describe('a supervised process', () => {
  it('is ready once it says so, sees only the environment it was given, and ends on SIGTERM', async () => {
    const child = supervise(
      await plan(
        "console.log(JSON.stringify(process.env)); process.on('SIGTERM', () => process.exit(0)); process.send('ready'); setInterval(() => {}, 1000);",
        {
          environment: { ONLY: 'this' },
        },
      ),
    );
    await child.ready;
    const seen = JSON.parse((await readFile(path.join(folder, 'child.log'), 'utf8')).trim());
    expect(Object.keys(seen).filter((key) => !key.startsWith('NODE_'))).toEqual(['ONLY']);
    await child.stop(60_000);
    expect(lines).toEqual([]);
  });

  it('is ready once its URL answers 200', async () => {
    let status = 503;
    const server = createServer((_, response) => response.writeHead(status).end(() => (status = 200)));
    const port = await listen(server);
    const child = supervise(await plan('setInterval(() => {}, 1000);', { readyUrl: `http://127.0.0.1:${port}/` }));
    await child.ready;
    expect(status).toBe(200);
    await hangUp(server);
  });

  it('is started again after kill -9, and one line says so', async () => {
    const child = supervise(await plan("process.send('ready'); setInterval(() => {}, 1000);"));
    await child.ready;
    const first = child.pid() as number;
    process.kill(first, 'SIGKILL');
    await eventually(() => {
      expect(child.pid()).toBeDefined();
      expect(child.pid()).not.toBe(first);
      expect(lines).toEqual([
        'child was ended by SIGKILL; starting it again in 5 ms',
        'child is ready again after 1 restart',
      ]);
    });
  });

  it('that dies before it is ready says its last words and keeps being tried with growing pauses', async () => {
    const child = supervise(await plan("console.error('DATABASE_URL: is missing; set it'); process.exit(3);"));
    await expect(child.ready).rejects.toThrow('child ended with exit code 3: DATABASE_URL: is missing; set it');
    await eventually(() =>
      expect(lines.map((line) => /in (\d+) ms/.exec(line)?.[1]).slice(0, 4)).toEqual(['5', '10', '20', '20']),
    );
  });

  it('that ends with a line of JSON is quoted by its message, and one that announces a list with the list', async () => {
    const logged = supervise(
      await plan(
        "console.log(JSON.stringify({ level: 'fatal', message: 'cannot go on', error: { message: 'no disk' } })); process.exit(1);",
      ),
    );
    await expect(logged.ready).rejects.toThrow('child ended with exit code 1: cannot go on: no disk');
    await logged.stop(200);
    const listed = supervise(
      await plan(
        "console.error('cannot start with this environment:\\n  A: is missing\\n  B: is malformed'); process.exit(1);",
      ),
    );
    await expect(listed.ready).rejects.toThrow('cannot start with this environment: A: is missing B: is malformed');
  });

  it('that ignores SIGTERM is killed when its grace is over', async () => {
    const child = supervise(
      await plan("process.on('SIGTERM', () => {}); process.send('ready'); setInterval(() => {}, 1000);"),
    );
    await child.ready;
    const pid = child.pid() as number;
    await child.stop(100);
    expect(isAlive(pid)).toBe(false);
  });

  it('ends when its supervisor is killed with -9', async () => {
    const { entry } = await plan("process.send('ready'); setInterval(() => {}, 1000);");
    const supervisor = path.join(folder, 'supervisor.ts');
    await writeFile(
      supervisor,
      `import { superviseProcess } from ${JSON.stringify(path.resolve('lib/local/service-process.ts'))};
       const child = superviseProcess({ name: 'child', entry: ${JSON.stringify(entry)}, environment: {}, nodeFlags: [], logFile: ${JSON.stringify(path.join(folder, 'orphan.log'))}, workingFolder: ${JSON.stringify(folder)} }, { say: () => {} });
       await child.ready; console.log(child.pid()); setInterval(() => {}, 1000);`,
    );
    const parent = spawn(process.execPath, [supervisor], { stdio: ['ignore', 'pipe', 'inherit'], env: {} });
    const [pid] = await once(parent.stdout, 'data');
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    await eventually(() => expect(isAlive(Number(pid))).toBe(false));
  });
});

describe('the pause before a restart', () => {
  it('doubles up to its limit', () => {
    const pauses = [1, 2, 3, 4, 5].map((deaths) => backOffMs(deaths, { firstMs: 100, mostMs: 500, calmMs: 0 }));
    expect(pauses).toEqual([100, 200, 400, 500, 500]);
  });

  it('is never longer than a customer retries, however often a service was killed', () => {
    expect(backOffMs(50, BACK_OFF)).toBeLessThanOrEqual(5000);
  });
});
