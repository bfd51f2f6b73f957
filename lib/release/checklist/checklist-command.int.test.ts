import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { environmentNamed } from '../../environments.ts';
import { type AwsPeer, startAwsPeer } from '../testing/aws-peer.ts';
import { healthyAccount } from '../testing/healthy-account.ts';

let aws: AwsPeer;
let place: string;
beforeAll(async () => {
  aws = await startAwsPeer(healthyAccount('111122223333', environmentNamed('staging'), []));
  place = await mkdtemp(path.join(tmpdir(), 'checklists-'));
});
afterAll(() => Promise.all([aws.close(), rm(place, { recursive: true })]));

const during = (folder: string) => [
  'bin/cloudmart.ts',
  'checklist',
  '--phase',
  'during',
  '--environment',
  'staging',
  '--record',
  path.join(place, folder),
];
// No network is asked: STS says of another account than the one given, which leaves everything else out.
const env = () => ({
  PATH: process.env['PATH'] ?? '',
  HOME: '/nonexistent',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_ENDPOINT_URL: aws.url,
  AWS_ACCESS_KEY_ID: 'AKIATEST',
  AWS_SECRET_ACCESS_KEY: 'test',
});
const cloudmart = (parameters: readonly string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, parameters, { env: env() }, (problem, stdout, stderr) =>
      resolve({ code: problem ? Number(problem.code) : 0, stdout, stderr }),
    );
  });

describe('cloudmart checklist', () => {
  it('takes answers from a script, leaves the rest open, keeps both pages and exits 1', async () => {
    const answers = path.join(place, 'answers.json');
    await writeFile(
      answers,
      '{"nobody-else": {"answer": "yes", "note": "asked in the channel"}, "alarms-quiet": "no"}',
    );
    const { code, stdout } = await cloudmart([
      ...during('scripted'),
      '--account',
      '999900001111',
      '--answers',
      answers,
      '--yes',
      'orders-flow',
      '--json',
    ]);
    expect(code).toBe(1);
    const { record, ...kept } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    expect(kept).toMatchObject({ environment: 'staging', phase: 'during', done: 2, refused: 2, open: 1 });
    expect(kept.commit).toMatch(/^[0-9a-f]{40}$/);
    const states = Object.fromEntries(kept.items.map(({ id, state }: { id: string; state: string }) => [id, state]));
    expect(states).toEqual({
      'nobody-else': 'done',
      'right-account-still': 'refused',
      'stacks-forward': 'open',
      'orders-flow': 'done',
      'alarms-quiet': 'refused',
    });
    expect(JSON.parse(await readFile(record, 'utf8'))).toMatchObject({ items: kept.items, by: kept.by });
    expect(await readFile(record.replace('.json', '.md'), 'utf8')).toContain('yes: asked in the channel');
  });

  it('says one line when it is interrupted, and keeps what was settled', async () => {
    aws.faults.set('sts', 'silent');
    const child = spawn(process.execPath, [...during('interrupted'), '--yes', 'nobody-else'], {
      env: env(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      // A second signal would end it at once.
      if (chunk.includes('asking STS')) child.kill('SIGINT');
    });
    const [code] = await once(child, 'exit');
    aws.faults.clear();
    expect(code).toBe(130);
    expect(said).toMatch(/\ncloudmart: interrupted; what was settled is kept in \S+\.json, the rest is open\n$/);
    const files = await readdir(path.join(place, 'interrupted'));
    const [file = ''] = files.filter((name) => name.endsWith('.json'));
    const { items } = JSON.parse(await readFile(path.join(place, 'interrupted', file), 'utf8'));
    expect(items).toEqual([expect.objectContaining({ id: 'nobody-else', state: 'done' })]);
  });

  it.each([
    [['--yes', 'nobody'], /^cloudmart: --yes nobody: there is no item "nobody"; --list shows them\n$/, 2],
    [['--yes', 'quotas-suffice'], /^cloudmart: there is no item "quotas-suffice" in phase during; known are .*\n$/, 2],
    [['--yes', 'right-account-still'], /^cloudmart: "right-account-still" is told by a machine .*\n$/, 2],
    [['--answers', '/nonexistent/a.json'], /^cloudmart: \/nonexistent\/a\.json holds no answers: ENOENT.*\n$/, 1],
  ])('refuses %j and records nothing', async (parameters, expected, exitCode) => {
    const { code, stderr } = await cloudmart([...during('refused'), ...parameters]);
    expect(stderr).toMatch(expected);
    expect(code).toBe(exitCode);
    await expect(readdir(path.join(place, 'refused'))).rejects.toThrow('ENOENT');
  });
});
