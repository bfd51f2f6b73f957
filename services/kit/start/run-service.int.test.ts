import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { build, stop as stopEsbuild } from 'esbuild';
import { eventually } from '../testing/condition.ts';
import { listen } from '../testing/loopback.ts';

const source = fileURLToPath(new URL('../testing/sample-service.ts', import.meta.url));
const running: ChildProcess[] = [];
let folder = '';
let bundle = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kit-bundle-'));
  bundle = join(folder, 'sample-service.mjs');
  await build({
    entryPoints: [source],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    logLevel: 'silent',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});
afterAll(async () => {
  await stopEsbuild();
  await rm(folder, { recursive: true, force: true });
});

type Line = {
  message: string;
  level: string;
  step?: string;
  logLevel?: string;
  http?: number;
  grpc?: number;
  probe?: number;
  missing?: string[];
};

const environment = {
  HTTP_PORT: '0',
  GRPC_PORT: '0',
  PROBE_PORT: '0',
  BIND_ADDRESS: '127.0.0.1',
  CACHE_URL: 'memory:',
  SIGNING_KEY: 'p9Zq7Lr2Vx5Kt8Wm',
};

/** Starts the sample from the folder of the bundle, where no node_modules can help it. */
const start = (changes: Record<string, string> = {}, file = bundle) => {
  const child = spawn(process.execPath, [file], {
    cwd: folder,
    env: { ...environment, ...changes },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  const text = { out: '', err: '' };
  child.stdout.on('data', (part: Buffer) => {
    text.out += part;
  });
  child.stderr.on('data', (part: Buffer) => {
    text.err += part;
  });
  const exit = new Promise<number | null>((resolve) => child.on('close', resolve));
  const lines = () =>
    text.out
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Line);
  const line = (message: string) =>
    eventually(() => {
      const found = lines().find((each) => each.message.startsWith(message));
      if (!found) throw new Error(`no line "${message}" in:\n${text.out}${text.err}`);
      return found;
    });
  const steps = () => lines().flatMap(({ step }) => step ?? []);
  return { child, text, exit, lines, line, steps };
};

const get = async (port: number | undefined, path: string) => {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
};

describe.each([
  ['source', () => source],
  ['a bundle', () => bundle],
])('a service from %s', (_case, file) => {
  test('says once that it is ready, and serves its doors and the probes', async () => {
    const { line, lines, child, exit } = start({}, file());
    const { http, probe } = await line('ready');
    expect((await get(http, '/health/ready')).status).toBe(200);
    expect((await get(probe, '/health/startup')).status).toBe(200);
    expect((await get(http, '/metrics')).text).toContain('process_resident_memory_bytes');
    const greeting = await fetch(`http://127.0.0.1:${http}/greetings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"name":"you"}',
    });
    expect(await greeting.json()).toEqual({ text: 'hello you' });
    expect(lines().filter(({ message }) => message === 'ready')).toHaveLength(1);
    child.kill('SIGTERM');
    expect(await exit).toBe(0);
  });

  test('describes its routes, on a page that needs no network', async () => {
    const { line } = start({}, file());
    const { http } = await line('ready');
    const description = JSON.parse((await get(http, '/openapi.json')).text);
    expect(description.openapi).toBe('3.1.0');
    expect(description.paths['/greetings'].post.requestBody.content['application/json'].schema).toMatchObject({
      required: ['name'],
      additionalProperties: false,
    });
    const page = await get(http, '/docs');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.text).not.toMatch(/(src|href)="(https?:)?\/\//);
    const [, script = ''] = /src="([^"]+\.js)"/.exec(page.text) ?? [];
    const asset = await get(http, new URL(script, 'http://x/docs').pathname);
    expect([asset.status, asset.text.length > 1_000_000]).toEqual([200, true]);
  });
});

describe('a start', () => {
  test('with a wrong environment names every variable and exits 1', async () => {
    const { exit, text } = start({ HTTP_PORT: 'x', SIGNING_KEY: '<your-key>', CASHE_URL: 'memory:' });
    expect(await exit).toBe(1);
    expect(text.err).toMatch(
      /^services\/sample cannot start with this environment:\n {2}HTTP_PORT: .*\n {2}SIGNING_KEY: .*\n {2}CASHE_URL: .*\n$/,
    );
    expect(text.out).toBe('');
  });

  test('that fails says why in one line without a password, and exits 1', async () => {
    const { exit, text } = start({ FAULT: 'start' });
    expect(await exit).toBe(1);
    expect(text.err).toBe('sample cannot start: postgresql://sample:[redacted]@db/sample does not answer\n');
  });

  test.each(['HTTP_PORT', 'GRPC_PORT', 'PROBE_PORT'])('on a port in use names %s and exits 1', async (variable) => {
    const holder = createServer();
    const port = await listen(holder);
    try {
      const { exit, text } = start({ [variable]: String(port) });
      expect(await exit).toBe(1);
      expect(text.err).toMatch(
        new RegExp(
          `^sample cannot start: ${variable}: cannot listen on port ${port} \\(.*\\); stop what holds it or choose another port\\n$`,
        ),
      );
    } finally {
      holder.close();
    }
  });

  test('without a critical function is alive, never ready, and says which one is missing', async () => {
    const { line, steps } = start({ FAULT: 'forget' });
    const { missing, message } = await line('never ready');
    expect([missing, message]).toEqual([['greet'], expect.stringContaining('services/sample/manifest.ts')]);
    expect(steps()).not.toContain('work started');
  });
});

describe('SIGUSR2', () => {
  test('turns debug lines on, and off again', async () => {
    const { child, line, lines } = start();
    await line('ready');
    child.kill('SIGUSR2');
    expect((await line('log level changed')).logLevel).toBe('debug');
    child.kill('SIGUSR2');
    await eventually(() => expect(lines().at(-1)?.logLevel).toBe('info'));
  });
});

describe('a shut-down', () => {
  test('goes from work to doors to resources, and finishes what is in flight', async () => {
    const { child, line, exit, steps } = start();
    const { http, probe } = await line('ready');
    const answer = get(http, '/until-stopped');
    await eventually(() => expect(steps()).toContain('request in flight'));
    child.kill('SIGTERM');
    expect((await answer).text).toBe('{"text":"finished"}');
    expect(await exit).toBe(0);
    expect(steps()).toEqual(['work started', 'request in flight', 'work stopped', 'first closed']);
    await expect(get(probe, '/health/live')).rejects.toThrow();
  });

  test('is not ready from its first moment, and a second signal ends it with exit 1', async () => {
    const { child, line, exit } = start({ FAULT: 'hang' });
    const { probe } = await line('ready');
    child.kill('SIGTERM');
    await line('stopping');
    const answer = await get(probe, '/health/ready');
    expect([answer.status, JSON.parse(answer.text).status]).toEqual([503, 'draining']);
    child.kill('SIGTERM');
    expect(await exit).toBe(1);
  });

  test('that takes too long ends with exit 1', async () => {
    const { child, line, exit } = start({ FAULT: 'hang-briefly' });
    await line('ready');
    child.kill('SIGINT');
    expect(await exit).toBe(1);
    await line('shut-down cut short');
  });

  test('closes the rest when one part fails, and exits 1', async () => {
    const { child, line, exit, steps } = start({ FAULT: 'dirty' });
    await line('ready');
    child.kill('SIGTERM');
    expect(await exit).toBe(1);
    expect(steps()).toContain('first closed');
  });
});
