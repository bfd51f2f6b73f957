/** actionlint knows what GitHub accepts: contexts, inputs of actions, expressions, the shell inside. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { root } from '../../lib/checkout.ts';
import { runCommand } from '../run-command.ts';

const actionlint = (folder: string) => runCommand(process.env['REAL_ACTIONLINT'] ?? '', ['-no-color'], { cwd: folder });

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cloudmart-workflows-'));
  // actionlint takes the project's root from git, and finds the actions of the repository there.
  await runCommand('git', ['init', '--quiet'], { cwd: folder });
  cpSync(join(root, '.github'), join(folder, '.github'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

test('finds nothing in the workflows', async () => {
  expect(await actionlint(folder)).toMatchObject({ code: 0, output: '' });
});

test.each([
  [
    'a context that is not there',
    'deploy-environment.yml',
    'inputs.environment }}',
    'inputs.environmnet }}',
    'environmnet',
  ],
  ['an input that a called workflow does not take', 'deploy.yml', 'region: us-east-1', 'regoin: us-east-1', 'regoin'],
  ['a job that does not exist', 'deploy.yml', 'needs: approval-rule', 'needs: approval', 'needs job "approval"'],
])('names %s', async (_what, file, from, to, sentence) => {
  const path = join(folder, '.github/workflows', file);
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
  const { code, output } = await actionlint(folder);
  expect(code).toBe(1);
  expect(output).toContain(sentence);
});
