import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { services } from '../services.ts';
import { neededOutputs } from './stack-outputs.ts';
import { runsInCluster } from './workload-values.ts';

/** Every rendering bundles all services first, which takes seconds on a busy machine. */
jest.setTimeout(90_000);

const root = path.join(import.meta.dirname, '../..');
let folder: string;
let out: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-render-'));
  out = path.join(folder, 'out');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const render = (...parameters: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(
      process.execPath,
      [path.join(root, 'bin/cloudmart.ts'), 'render', ...parameters],
      (problem, stdout, stderr) => resolve({ code: problem ? Number(problem.code) : 0, stdout, stderr }),
    );
  });

const everything = async () => {
  const names = (await readdir(out, { recursive: true })).filter((name) => name.endsWith('.yaml')).sort();
  return Promise.all(names.map(async (name) => [name, await readFile(path.join(out, name), 'utf8')] as const));
};

test('production has a folder with every object for each service, and twice the same bytes', async () => {
  const first = await render('--environment', 'production', '--out', out, '--json');
  expect(first.stderr).toBe('');
  const report = JSON.parse(first.stdout);
  const names = services.filter(runsInCluster).map(({ name }) => name);
  expect(report.services.map(({ name }: { name: string }) => name)).toEqual(names);
  for (const name of names)
    expect(await readdir(path.join(out, name))).toEqual(
      expect.arrayContaining([
        'deployment.yaml',
        'horizontal-pod-autoscaler.yaml',
        'network-policy.yaml',
        'pod-disruption-budget.yaml',
        'service-account.yaml',
        'service.yaml',
      ]),
    );
  const before = await everything();
  await render('--environment', 'production', '--out', out);
  expect(await everything()).toEqual(before);
});

test('stack outputs fill every placeholder', async () => {
  const file = path.join(folder, 'outputs.json');
  const values = Object.fromEntries(neededOutputs(services, true).map((name) => [name, `value-of-${name}`]));
  await writeFile(file, JSON.stringify({ 'cloudmart-production-database': values }));
  const repository = 'https://git.example/shop.git';
  const { code } = await render(
    '--environment',
    'production',
    '--out',
    out,
    '--from-stack',
    file,
    '--repository',
    repository,
  );
  expect(code).toBe(0);
  const text = (await everything()).map(([, content]) => content).join();
  expect(text).not.toMatch(/\$\{/);
  expect(text).toContain('value-of-DatabaseAddress');
});

test.each<[string, () => Promise<string[]>, RegExp]>([
  [
    'an unknown environment',
    async () => ['--environment', 'prod', '--out', out],
    /no environment "prod"; known: dev, staging, production/,
  ],
  ['a folder that cannot be made', async () => ['--environment', 'dev', '--out', '/dev/null/x'], /ENOTDIR/],
  [
    'a folder with foreign files',
    async () => {
      await mkdir(out);
      await writeFile(path.join(out, 'letter.txt'), 'mine');
      return ['--environment', 'dev', '--out', out];
    },
    /not rendered by this command; choose an empty folder/,
  ],
  [
    'a missing file of outputs',
    async () => ['--environment', 'dev', '--out', out, '--from-stack', 'none.json'],
    /cannot read none.json/,
  ],
])('%s is refused in one sentence', async (_, parameters, sentence) => {
  const { code, stdout, stderr } = await render(...(await parameters()));
  expect(stderr).toMatch(sentence);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stdout).toBe('');
  expect(code).toBe(1);
});
