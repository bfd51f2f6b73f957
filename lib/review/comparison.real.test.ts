/** The command on three commits, each made in a clone: code of one service, size of a database, identity of a database. */
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { root } from '../checkout.ts';
import { outputOf } from '../run-program.ts';
import type { EnvironmentChange } from './comparison.ts';
import type { DestructiveChange } from './stack-changes.ts';

const environments = ['dev', 'staging', 'production'];

let folder: string;
let clone: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-review-'));
  clone = path.join(folder, 'clone');
  await outputOf('git', ['clone', '--quiet', root, clone], { cwd: folder });
  await symlink(path.join(root, 'node_modules'), path.join(clone, 'node_modules'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Report = { environments: EnvironmentChange[]; destructive: (DestructiveChange & { environment: string })[] };

const commit = async (file: string, edit: (text: string) => string) => {
  const target = path.join(clone, file);
  const before = await readFile(target, 'utf8');
  const after = edit(before);
  expect(after).not.toBe(before);
  await writeFile(target, after);
  const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.invalid', '-c', 'core.hooksPath=/dev/null'];
  await outputOf('git', [...who, 'commit', '--quiet', '--all', '--message', `Change ${file}`], { cwd: clone });
};

const diff = (parameters: string[], accepts: number[]) =>
  outputOf('node_modules/.bin/node', ['bin/cloudmart.ts', 'diff', '--base', 'HEAD~1', ...parameters], {
    cwd: clone,
    accepts,
  });

const servicesOf = ({ manifests }: EnvironmentChange) => [...new Set(manifests.map(({ file }) => file.split('/')[0]))];

test('changed code of one service names that service in every environment, and nothing else', async () => {
  await commit('services/order/main.ts', (text) => `${text}\nObject.assign(globalThis, { reviewed: true });\n`);
  const report = JSON.parse(await diff(['--json'], [0])) as Report;
  expect(report.environments.map(({ environment }) => environment)).toEqual(environments);
  for (const change of report.environments) {
    expect(servicesOf(change)).toEqual(['order']);
    expect(change.stacks).toMatchObject([
      { stack: `cloudmart-${change.environment}-workloads`, manifests: ['order'], resources: 1 },
    ]);
    expect(change.manifests.map(({ file }) => file)).toEqual(['order/deployment.yaml']);
  }
  expect(report.destructive).toEqual([]);
});

test('a resized database is one property of one resource in one environment', async () => {
  await commit('lib/environments.ts', (text) =>
    text.replace('minCapacity: 2, maxCapacity: 32', 'minCapacity: 2, maxCapacity: 48'),
  );
  const report = JSON.parse(await diff(['--json'], [0])) as Report;
  expect(report.environments).toMatchObject([
    {
      environment: 'production',
      manifests: [],
      stacks: [{ stack: 'cloudmart-production-database', resources: 1, properties: 1 }],
    },
  ]);
  expect(report.environments[0]?.stacks[0]?.text).toMatch(/MaxCapacity[\s\S]*\[-\] 32[\s\S]*\[\+\] 48/);
});

test('a database under another identity fails, and says why first', async () => {
  await commit('lib/constructs/stores/relational-database.ts', (text) =>
    text.replace(/new DatabaseCluster\(this, '(\w+)'/, "new DatabaseCluster(this, '$1Renamed'"),
  );
  const comment = await diff([], [1]);
  expect(comment.split('\n')[2]).toMatch(/^### \d+ destructive changes$/);
  for (const environment of environments)
    expect(comment).toMatch(new RegExp(`\\| ${environment} \\| .*\`AWS::RDS::DBCluster\` .*(is deleted|stays behind)`));
});

test('destructive changes pass once acknowledged: objects that Argo CD owns are taken from an environment by their own deletion, and reviewed as rendered files after it', async () => {
  await commit('lib/environments.ts', (text) => text.replace("workloads: 'cdk'", "workloads: 'gitops'"));
  const acknowledged = await diff(['--acknowledge'], [0]);
  expect(acknowledged).toContain('destructive changes, acknowledged');
  expect(acknowledged).toMatch(/\| dev \| .*`Custom::AWSCDK-EKS-KubernetesResource` .* is deleted/);
  await commit('services/order/main.ts', (text) => text.replace('reviewed: true', 'reviewed: 2'));
  const { environments: changed } = JSON.parse(await diff(['--json'], [0])) as Report;
  expect(changed[0]).toMatchObject({ environment: 'dev', stacks: [], manifests: [{ file: 'order/deployment.yaml' }] });
});

test('a revision that does not exist is refused by name', async () => {
  const outcome = outputOf('node_modules/.bin/node', ['bin/cloudmart.ts', 'diff', '--base', 'nowhere'], {
    cwd: clone,
  });
  await expect(outcome).rejects.toThrow(/there is no revision "nowhere"/);
});
