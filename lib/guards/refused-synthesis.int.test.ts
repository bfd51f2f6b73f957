import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { root } from '../checkout.ts';
import { runProgram } from '../run-program.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-refused-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('cdk synth refuses an app that breaks a rule inside of a stage', async () => {
  const bin = (name: string) => path.join(root, 'node_modules/.bin', name);
  const app = `${bin('node')} ${path.join(root, 'lib/guards/testing/rule-breaking-app/main.ts')}`;
  const { code, output } = await runProgram(
    bin('cdk'),
    ['synth', '--quiet', '--no-notices', '--no-color', '--app', app, '--output', path.join(folder, 'assembly')],
    { cwd: root, environment: { CI: 'true', NODE_OPTIONS: '', NODE_ENV: '', RULE_BREAKING_APP_FOLDER: folder } },
  );
  expect(output).toMatch(/production Cache Open: this AWS::ElastiCache::ReplicationGroup does not encrypt/);
  expect(code).not.toBe(0);
});
