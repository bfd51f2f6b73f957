import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../services/kit/testing/condition.ts';
import { type ServiceProcess, superviseProcess } from '../service-process.ts';
import { askControl } from './ask-platform.ts';
import { type ControlServer, openControl } from './control-server.ts';
import type { ControlRequest } from './control-words.ts';

let folder: string;
let control: ControlServer;
let children: ServiceProcess[];
let said: string[];
let told: string[];

const start = async (name: string, source: string) => {
  const entry = path.join(folder, `${name}.mjs`);
  await writeFile(entry, source);
  const child = superviseProcess(
    { name, entry, environment: {}, nodeFlags: [], logFile: path.join(folder, `${name}.log`), workingFolder: folder },
    // A death that nobody asked for is followed by a pause that no test outlives.
    { say: (line) => said.push(line), backOff: { firstMs: 3_600_000, mostMs: 3_600_000, calmMs: 0 } },
  );
  children.push(child);
  await child.ready;
  return child;
};

const ask = <Request extends ControlRequest>(request: Request) =>
  askControl(control.file, request, {
    progress: (sentence) => told.push(sentence),
    signal: new AbortController().signal,
  });

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'control-'));
  await mkdir(path.join(folder, 'control'));
  [children, said, told] = [[], [], []];
  control = (await openControl({ at: (...parts) => path.join(folder, ...parts) }, children, (line) =>
    said.push(line),
  )) as ControlServer;
});
afterEach(async () => {
  control.close();
  await Promise.all(children.map((child) => child.stop(200)));
  await rm(folder, { recursive: true });
});

const lives = "process.send('ready'); setInterval(() => {}, 1000);";
/** Ends once the file `go` is there, as one that still serves requests. */
const drains = `import { existsSync } from 'node:fs'; process.once('SIGTERM', () => setInterval(() => existsSync('go') && process.exit(0), 5)); ${lives}`;

describe('a service that is restarted', () => {
  it('finishes what it has begun, is ready again at once, and meanwhile a second operator is refused', async () => {
    const child = await start('order', drains);
    const before = child.pid();
    const restarted = ask({ act: 'restart', service: 'order' });
    await eventually(() => expect(told).toEqual([`process ${before} of order finishes what it has begun`]));
    await expect(ask({ act: 'restart', service: 'order' })).rejects.toMatchObject({ code: 'service.busy' });
    expect(child.pid()).toBe(before);
    await writeFile(path.join(folder, 'go'), '');
    expect(await restarted).toEqual({ before, after: child.pid(), isDrained: true });
    expect(told.at(-1)).toBe('it has ended; starting the next one');
    expect(child.pid()).not.toBe(before);
    expect(said).toEqual(['order: restart, asked for by a command', 'order is ready again after 1 restart']);
  });

  it('is started at once where it was dead, and says why where it dies again', async () => {
    const child = await start('order', lives);
    process.kill(child.pid() as number, 'SIGKILL');
    await eventually(() => expect(said).toHaveLength(1));
    expect(await ask({ act: 'restart', service: 'order' })).toMatchObject({ before: null, after: child.pid() });
    await writeFile(path.join(folder, 'order.mjs'), "console.error('DATABASE_URL: is missing'); process.exit(1)");
    await expect(ask({ act: 'restart', service: 'order' })).rejects.toMatchObject({
      code: 'service.not-ready',
      message: 'order ended with exit code 1: DATABASE_URL: is missing; it is being started again',
    });
  });

  it('is killed where it does not end in its time', async () => {
    const child = await start('order', `process.on('SIGTERM', () => {}); ${lives}`);
    const steps: string[] = [];
    await child.restart(50, 60_000, (step) => steps.push(step));
    expect(steps).toEqual(['killed', 'ended']);
  });

  it('is refused where there is none', async () => {
    await start('order', lives);
    await expect(ask({ act: 'restart', service: 'ordr' })).rejects.toThrow(
      'no process here is "ordr"; there are order',
    );
  });
});

describe('a service that inspects itself', () => {
  const file = () => path.join(folder, 'written');

  it('writes a profile of its own functions for this account alone, and no file that is there', async () => {
    const child = await start(
      'order',
      `const busyWithOrders = () => { for (let i = 0; i < 1e6; i++) Math.sqrt(i); setImmediate(busyWithOrders); }; busyWithOrders(); process.send('ready')`,
    );
    const request = { act: 'profile', service: 'order', seconds: 0.3, file: file() } as const;
    const { bytes } = await ask(request);
    const text = await readFile(file(), 'utf8');
    expect(
      (JSON.parse(text) as { nodes: { callFrame: { functionName: string } }[] }).nodes.map(
        ({ callFrame }) => callFrame.functionName,
      ),
    ).toContain('busyWithOrders');
    expect(bytes).toBe(Buffer.byteLength(text));
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    await expect(ask(request)).rejects.toThrow('is there already; choose another name with --out');
    expect(await readFile(file(), 'utf8')).toBe(text);
    expect(child.restarts()).toBe(0);
  });

  it('writes its heap for this account alone, and lives on', async () => {
    const child = await start('order', `globalThis.kept = { secret: 'of-this-process' }; ${lives}`);
    const pid = child.pid();
    expect(await ask({ act: 'heap', service: 'order', file: file() })).toMatchObject({ pid, file: file() });
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect(await readFile(file(), 'utf8')).toContain('of-this-process');
    expect(child.pid()).toBe(pid);
  });

  it('that dies meanwhile, or has no process, leaves no file under the name, and one sentence', async () => {
    const child = await start('order', lives);
    const asked = ask({ act: 'profile', service: 'order', seconds: 300, file: file() });
    const refused = expect(asked).rejects.toMatchObject({ code: 'service.not-inspected' });
    await eventually(async () => expect(await readdir(folder)).toContainEqual(expect.stringMatching(/half$/)));
    process.kill(child.pid() as number, 'SIGKILL');
    await refused;
    await expect(ask({ act: 'heap', service: 'order', file: file() })).rejects.toMatchObject({ code: 'service.down' });
    expect(await readdir(folder)).not.toContain('written');
  });
});
