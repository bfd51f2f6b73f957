import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createShopClient } from '../../services/contracts/http/client.ts';
import { eventually } from '../../services/kit/testing/condition.ts';
import { freePortBase } from '../../services/kit/testing/loopback.ts';
import { isAlive } from '../is-alive.ts';
import { sentMailsOf, services } from '../services.ts';
import type { PurchaseProof } from '../shop/purchase.ts';
import { requireFreePorts } from './port-holder.ts';
import { portsInUse } from './ports.ts';
import { readState } from './state.ts';
import type { UpReport } from './up.ts';

/** A report with the proof of a purchase. */
type Bought = UpReport & PurchaseProof;

const START_MS = 240_000;

type Started = {
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  readonly ended: Promise<number | null>;
};

let place: string;
let base: number;
let children: Started[] = [];

const cloudmart = (...flags: string[]): Started => {
  const child = spawn(process.execPath, ['bin/cloudmart.ts', 'up', '--json', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], TMPDIR: tmpdir() },
  });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    text.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    text.stderr += chunk;
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const started = { child, stdout: () => text.stdout, stderr: () => text.stderr, ended };
  children.push(started);
  return started;
};

const start = (...flags: string[]) =>
  cloudmart('--data', path.join(place, 'data'), '--port-base', String(base), ...flags);

/** Waits for the line of JSON that a start prints once everything runs. */
const reportOf = (started: Started) =>
  eventually(
    () => {
      if (started.child.exitCode !== null) throw new Error(`it ended: ${started.stderr()}`);
      const report = JSON.parse(started.stdout().trim().split('\n').at(-1) as string) as Bought;
      expect(report.order).toBeDefined();
      return report;
    },
    { timeoutMs: START_MS, everyMs: 200 },
  );

/** Throws while anything, a database included, listens where the platform does. */
const portsAreFree = () => requireFreePorts(portsInUse(services, base));

beforeAll(async () => {
  place = await mkdtemp(path.join(tmpdir(), 'cloudmart-up-'));
  base = await freePortBase();
  // Else the account that runs PostgreSQL for root could not enter, and its files would stay in /var/lib.
  await chmod(place, 0o711);
});

afterAll(async () => {
  for (const { child, ended } of children) {
    child.kill('SIGTERM');
    await ended;
  }
  children = [];
  await rm(place, { recursive: true, force: true });
});

describe('npm start', () => {
  let first: Started;
  let report: Bought;

  it('goes from nothing to a paid and mailed order, with every film accounted for', async () => {
    first = start();
    report = await reportOf(first);
    expect(report).toMatchObject({
      firstStart: true,
      order: { state: 'paid', items: 2, currency: 'USD' },
      charge: { status: 'captured' },
    });
    expect(report.charge.captured).toBe(report.order.amount);
    const { rows, created, updated, findings } = report.catalogue;
    const skipped = findings.filter(({ action }) => action === 'skipped').reduce((sum, { count }) => sum + count, 0);
    expect([rows, updated, created + skipped]).toEqual([3200, 0, 3200]);
    expect(report.ledger?.entries).toBeGreaterThan(1);
    expect(report.warehouse).toMatchObject({ orderId: report.order.id, eventToRowMs: expect.any(Number) });
    const mail = report.mail && (await (await fetch(report.mail.url)).text());
    expect(mail?.includes(report.order.id) ?? false).toBe(sentMailsOf(services) !== undefined);
    expect((await stat(path.join(place, 'data', 'state.json'))).mode & 0o777).toBe(0o600);
  });

  it('is refused a second time on the same data, naming the process', async () => {
    const second = start();
    expect(await second.ended).toBe(1);
    expect(JSON.parse(second.stdout())).toEqual({
      error: { code: 'data.in-use', message: expect.stringContaining(`is used by process ${first.child.pid}`) },
    });
  });

  it('is refused the same ports for other data, naming who holds them and the way out', async () => {
    const second = cloudmart('--data', path.join(place, 'other'), '--port-base', String(base));
    expect(await second.ended).toBe(1);
    const holder = report.services.find(({ name }) => name === 'user')?.pid;
    expect(second.stderr()).toContain(`port ${base + 2} for user (http) is held by process ${holder}`);
    expect(second.stderr()).toMatch(new RegExp(`ports ${base + 1}, .*${base + 80}.* are held too`));
    expect(second.stderr()).toContain('move all ports with --port-base');
  });

  it('brings a killed service back and says so', async () => {
    const { pid } = report.services.find(({ name }) => name === 'product') as { pid: number };
    process.kill(pid, 'SIGKILL');
    await eventually(() =>
      expect(first.stderr()).toContain('product was ended by SIGKILL; starting it again in 250 ms'),
    );
    await eventually(() => expect(first.stderr()).toContain('product is ready again after 1 restart'));
    expect((await fetch(`http://127.0.0.1:${base + 80}/api/v1/products?limit=1`)).status).toBe(200);
  });

  it('leaves no process behind when it is killed with -9, and goes on with its data at the next start', async () => {
    first.child.kill('SIGKILL');
    await first.ended;
    for (const { pid } of report.services) await eventually(() => expect(isAlive(pid as number)).toBe(false));
    await eventually(portsAreFree);
    const second = start();
    const again = await reportOf(second);
    expect([again.firstStart, again.order.state, again.catalogue.created]).toEqual([false, 'paid', 3200]);
    const state = await readState(path.join(place, 'data'));
    const api = createShopClient({ baseUrl: state.gateway });
    const { accessToken: token } = await api.accounts.logIn({ body: state.staff });
    const paid = await api.payments.list({ query: { orderId: report.order.id } }, { token });
    expect(paid.items).toHaveLength(1);

    second.child.kill('SIGINT');
    expect(await second.ended).toBe(0);
    await expect(stat(path.join(place, 'data', 'state.json'))).rejects.toThrow('ENOENT');
    await portsAreFree();
  });

  it('with --once ends by itself, exit 0, and its last line is the result', async () => {
    const once = start('--once');
    expect(await once.ended).toBe(0);
    expect(JSON.parse(once.stdout().trim().split('\n').at(-1) as string)).toMatchObject({
      firstStart: false,
      order: { state: 'paid' },
    });
  });
});
