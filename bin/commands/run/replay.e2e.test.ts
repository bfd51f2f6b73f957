import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { folderHolder } from '../../../lib/local/data-folder.ts';
import { readProcessList } from '../../../lib/local/process-list.ts';
import type { PlatformReplayReport } from '../../../lib/replay/replay-platform.ts';
import { sentMailsOf, services } from '../../../lib/services.ts';
import { runsInCluster } from '../../../services/kit/manifest.ts';
import { eventually } from '../../../services/kit/testing/condition.ts';
import { freePortBase } from '../../../services/kit/testing/loopback.ts';

const START_MS = 400_000;

/** Who sends the mails, in a shop that sends any. */
const mailer = sentMailsOf(services);

let place: string;
let data: string;
let started: ChildProcess[] = [];

const cloudmart = (...words: string[]) => {
  const child = spawn(process.execPath, ['bin/cloudmart.ts', ...words, '--data', data], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = Promise.all([once(child, 'close'), text(child.stdout)]).then(([[code], stdout]) => ({
    code: code as number | null,
    stdout,
    stderr: said,
  }));
  return { child, ended, said: () => said };
};

const supervisor = async () => (await folderHolder(data)) as number;

const longLines = (output: string) => output.split('\n').filter((line) => line.length > 80 && !line.includes(data));

beforeAll(async () => {
  place = await mkdtemp(path.join(tmpdir(), 'cloudmart-replay-'));
  // Else the account that runs PostgreSQL for root could not enter, and its files would stay in /var/lib.
  await chmod(place, 0o711);
  data = path.join(place, 'data');
  const { said } = cloudmart('up', '--no-purchase', '--port-base', String(await freePortBase()));
  await eventually(() => expect(said()).toContain('Everything runs'), { timeoutMs: START_MS });
});

afterAll(async () => {
  await cloudmart('stop').ended;
  for (const child of started) child.kill('SIGKILL');
  started = [];
  await rm(place, { recursive: true, force: true, maxRetries: 10 });
});

test('kills of a function, of PostgreSQL and of the supervisor lose no order and no mail, and the laws hold', async () => {
  const first = await supervisor();
  const targets = [...(mailer === undefined ? [] : [mailer.service]), 'postgres', 'supervisor'];
  const kill = ['--kill', targets.join(','), '--times', '1'];
  const { code, stdout, stderr } = await cloudmart('replay', '--limit', '40', ...kill, '--json').ended;
  const report = JSON.parse(stdout) as PlatformReplayReport;
  expect(report).toMatchObject({
    ...{ accepted: 40, settled: 40, failed: 0 },
    orders: { lost: [], doubled: [], unheard: [] },
    mails: mailer === undefined ? null : { sent: report.states['paid'], missing: [] },
  });
  expect(report.kills.map(({ target }) => target)).toEqual(targets);
  expect(stderr).toContain(`killed supervisor (process ${first})`);
  expect(stderr).toContain(`the platform runs again as process ${await supervisor()}`);
  expect(code).toBe(0);
  const laws = await cloudmart('laws', '--history', report.history).ended;
  expect([laws.code, laws.stdout]).toEqual([0, expect.stringContaining(' 0 violations')]);
});

test('services that are told to stop while customers buy finish what they began, and nothing is lost', async () => {
  const replay = cloudmart('replay', '--limit', '100', '--rate', '5', '--json');
  await eventually(() => expect(replay.said()).toMatch(/^[1-9]\d* of 100/m));
  const owners = services.filter((service) => runsInCluster(service) && service.owns.database !== undefined);
  const restarts = owners.map(async ({ name }) => {
    const { stdout, stderr } = await cloudmart('restart', name, '--json').ended;
    return stdout === '' ? { name, stderr } : JSON.parse(stdout);
  });
  expect(await Promise.all(restarts)).toMatchObject(owners.map(({ name }) => ({ service: name, isDrained: true })));
  const { code, stdout } = await replay.ended;
  const report = JSON.parse(stdout) as PlatformReplayReport;
  expect(report).toMatchObject({
    ...{ accepted: 100, settled: 100, failed: 0 },
    orders: { lost: [], doubled: [], unheard: [] },
    mails: mailer === undefined ? null : { sent: report.states['paid'], missing: [] },
  });
  expect(code).toBe(0);
  const laws = await cloudmart('laws', '--history', report.history).ended;
  expect([laws.code, laws.stdout]).toEqual([0, expect.stringContaining(' 0 violations')]);
});

test('the warehouse says to the cent what purchases took in, after those kills too, and its questions have answers', async () => {
  const revenue = async () => {
    const { code, stdout } = await cloudmart('warehouse', 'query', 'revenue-by-day', '--json').ended;
    expect(code).toBe(0);
    const { rows } = JSON.parse(stdout) as { rows: { revenue_amount: number }[] };
    return rows.reduce((sum, row) => sum + row.revenue_amount, 0);
  };
  const before = await revenue();
  const { stdout } = await cloudmart('replay', '--limit', '15', '--json').ended;
  const { paidNow, warehouse, states } = JSON.parse(stdout) as PlatformReplayReport;
  expect(states).toEqual({ paid: 15 });
  expect(warehouse).toMatchObject({ expected: 15, missing: [], captured: paidNow });
  expect((await revenue()) - before).toBe(paidNow);
  const loaded = await eventually(async () => {
    const status = await cloudmart('warehouse', 'status', '--json').ended;
    expect(JSON.parse(status.stdout)).toMatchObject({ behind: 0, gaps: [], waiting: [], failed: [] });
    expect(status.code).toBe(0);
    return JSON.parse(status.stdout) as { rows: number };
  });
  const again = await cloudmart('warehouse', 'backfill', '--json').ended;
  expect([again.code, JSON.parse(again.stdout)]).toEqual([
    0,
    { events: loaded.rows, loaded: 0, setAside: 0, damaged: [] },
  ]);
  const nothing = await cloudmart('warehouse', 'backfill', '--to', '1999-12-31').ended;
  expect([nothing.code, nothing.stderr]).toEqual([1, expect.stringContaining('the ledger has nothing of these days')]);
});

test.each([
  [['backfill', '--from', '2026-02-30'], 'it is no day of the calendar'],
  [['backfill', '--from', '2026-03-02', '--to', '2026-03-01'], 'comes after --to'],
  [['query', 'profit'], 'there is no question "profit"'],
  [['query'], 'query needs one'],
])('warehouse %j is refused as wrong usage', async (words, sentence) => {
  const { code, stderr } = await cloudmart('warehouse', ...words).ended;
  expect([code, stderr]).toEqual([2, expect.stringContaining(sentence)]);
});

test('a file without the column of the sample is replayed, and what is printed is plain and fits 80 columns', async () => {
  const file = path.join(place, 'CDNOW_master.txt');
  await writeFile(file, ' 00001 19970101  1   11.77\r\n 00001 19970102  2   20.00\r\n');
  const { code, stdout, stderr } = await cloudmart('replay', file).ended;
  expect(code).toBe(0);
  expect(stdout).toMatch(mailer === undefined ? /^mails {7}none/m : /^mails {7}2 of 2 sent$/m);
  expect(longLines(stdout + stderr)).toEqual([]);
  expect(stdout + stderr).not.toContain('\u001B');
});

test('the status says how PostgreSQL is', async () => {
  const postgres = (await readProcessList(data)).find(({ name }) => name === 'postgres');
  process.kill(postgres?.pid as number, 'SIGKILL');
  await eventually(async () => {
    const { code, stdout } = await cloudmart('status').ended;
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^ready +postgres +process \d+ +started again once$/m)]);
  });
});

test('Ctrl-C ends a replay, which says how far it came', async () => {
  const { child, ended, said } = cloudmart('replay', '--rate', '5');
  await eventually(() => expect(said()).toMatch(/ of 6919/));
  child.kill('SIGINT');
  const { code, stderr } = await ended;
  expect([code, stderr]).toEqual([130, expect.stringMatching(/interrupted; \d+ of 6919 purchases had begun/)]);
});

test('a replay whose platform is gone for good says so and ends', async () => {
  const { ended, said } = cloudmart('replay', '--rate', '5');
  await eventually(() => expect(said()).toMatch(/ of 6919/));
  process.kill(await supervisor(), 'SIGKILL');
  const { code, stderr } = await ended;
  expect([code, stderr]).toEqual([1, expect.stringContaining('the platform is gone: nothing has run on')]);
});
