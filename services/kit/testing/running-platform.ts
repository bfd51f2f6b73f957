/** The whole platform, started as a user starts it, for stories that go through its public door. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePortBase } from './loopback.ts';

export type RunningPlatform = {
  /** Base URL of the public door. */
  readonly gateway: string;
  /** Base URLs of the services that have an HTTP door, by name. */
  readonly urls: Readonly<Record<string, string>>;
  readonly folder: string;
  /** `postgresql://` URL of the event log. */
  readonly events: string;
  /** The service that mails customers; undefined: none does. */
  readonly mailer: string | undefined;
  /** Base URL of the page with the mails that were sent. */
  readonly mailbox: string;
  readonly staff: { readonly email: string; readonly password: string };
  /** Runs a command of the platform on its data; resolves to its exit code and output. */
  cloudmart(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }>;
  stop(): Promise<void>;
};

const root = path.join(import.meta.dirname, '../../..');

const run = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
  const child = spawn(process.execPath, [path.join(root, 'bin/cloudmart.ts'), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], TMPDIR: tmpdir(), HOME: process.env['HOME'], ...environment },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  return { child, output, ended: once(child, 'close').then(([code]) => code as number | null) };
};

/** Starts everything on a folder and ports of its own, and with more variables where some are given; resolves once the proof purchase is made. */
export const startPlatform = async (environment?: Readonly<Record<string, string>>): Promise<RunningPlatform> => {
  const place = await mkdtemp(path.join(tmpdir(), 'cloudmart-stories-'));
  // Else the account that runs PostgreSQL for root could not enter, and its files would stay in /var/lib.
  await chmod(place, 0o711);
  const folder = path.join(place, 'data');
  const { child, output, ended } = run(
    ['up', '--json', '--data', folder, '--port-base', String(await freePortBase())],
    environment,
  );
  const isReady = new Promise<void>((resolve) => {
    child.stdout.on('data', () => output.stdout.includes('\n') && resolve());
  });
  await Promise.race([isReady, ended]);
  // A refusal is a line of JSON too.
  if (!output.stdout.includes('"charge"'))
    throw new Error(`the platform did not start: ${output.stderr.slice(-2_000)}`);
  const state = JSON.parse(await readFile(path.join(folder, 'state.json'), 'utf8'));
  return {
    gateway: state.gateway,
    urls: Object.fromEntries(state.services.map(({ name, url }: { name: string; url?: string }) => [name, url])),
    staff: state.staff,
    events: state.events,
    mailer: state.mailer,
    mailbox: state.mailbox,
    folder,
    cloudmart: async (...args) => {
      const command = run([...args, '--data', folder]);
      return { code: await command.ended, ...command.output };
    },
    stop: async () => {
      child.kill('SIGINT');
      await ended;
      await rm(path.dirname(folder), { recursive: true, force: true });
    },
  };
};
