import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runsInCluster } from '../../services/kit/manifest.ts';
import { root } from '../checkout.ts';
import { environmentNamed } from '../environments.ts';
import { neededOutputs } from '../outputs/stack-outputs.ts';
import { services } from '../services.ts';
import { type RenderReport, render } from './render.ts';

let folder: string;
let out: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-render-'));
  out = path.join(folder, 'out');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** AWS as a machine without a way out sees it. */
const nobodyAnswers = {
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  AWS_ACCESS_KEY_ID: 'key',
  AWS_SECRET_ACCESS_KEY: 'secret',
};

/** The command in a process of its own, as an operator runs it. */
const command = (...parameters: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(
      process.execPath,
      [path.join(root, 'bin/cloudmart.ts'), 'render', ...parameters],
      { env: { ...process.env, ...nobodyAnswers } },
      (problem, stdout, stderr) => resolve({ code: problem ? Number(problem.code) : 0, stdout, stderr }),
    );
  });

const request = () => ({
  environment: environmentNamed('production'),
  out,
  source: { repository: 'https://git.example/shop.git', revision: 'main', path: 'production' },
  tagsOf: async (all: typeof services) => Object.fromEntries(all.map(({ name }) => [name, '0123456789abcdef'])),
});

const everything = async () => {
  const names = (await readdir(out, { recursive: true })).filter((name) => name.endsWith('.yaml')).sort();
  return Promise.all(names.map(async (name) => [name, await readFile(path.join(out, name), 'utf8')] as const));
};

const inCluster = services.filter(runsInCluster).map(({ name }) => name);

test('the command renders production: a folder with every object for each service, images named by content', async () => {
  const { code, stdout, stderr } = await command('--environment', 'production', '--out', out, '--json');
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const report = JSON.parse(stdout) as RenderReport;
  expect(report.services.map(({ name }) => name)).toEqual(inCluster);
  for (const { name, tag } of report.services) {
    expect(tag).toMatch(/^[0-9a-f]{64}$/);
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
    expect(await readFile(path.join(out, name, 'deployment.yaml'), 'utf8')).toContain(`:${tag}\n`);
  }
});

test('rendering again gives the same bytes', async () => {
  await render(request());
  const before = await everything();
  expect(before.length).toBeGreaterThan(inCluster.length * 6);
  await render(request());
  expect(await everything()).toEqual(before);
});

test('stack outputs fill every placeholder', async () => {
  const outputsFile = path.join(folder, 'outputs.json');
  const values = Object.fromEntries(
    neededOutputs(services, environmentNamed('production')).map((name) => [name, `value-of-${name}`]),
  );
  await writeFile(outputsFile, JSON.stringify({ 'cloudmart-production-database': values }));
  const report = await render({ ...request(), outputs: { file: outputsFile } });
  expect(report.placeholders).toEqual([]);
  const text = (await everything()).map(([, content]) => content).join();
  expect(text).not.toMatch(/\$\{/);
  expect(text).toContain('value-of-DatabaseAddress');
});

test.each<[string, () => Promise<string[]>, RegExp, number?]>([
  [
    'an unknown environment',
    async () => ['--environment', 'prod', '--out', out],
    /--environment prod: known are dev, staging, production/,
    2,
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
  [
    'a CloudFormation that cannot be asked',
    async () => ['--environment', 'dev', '--out', out, '--from-stack'],
    /CloudFormation in us-east-1 does not answer/,
  ],
])('%s is refused in one sentence', async (_, parameters, sentence, exitCode = 1) => {
  const { code, stdout, stderr } = await command(...(await parameters()));
  expect(stderr).toMatch(sentence);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stdout).toBe('');
  expect(code).toBe(exitCode);
});
