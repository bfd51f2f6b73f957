/** The commands as an operator meets them when they cannot do their work. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { hangUp, listen } from '../../../services/kit/testing/loopback.ts';
import { root } from '../../checkout.ts';
import { writeKubeconfig } from '../testing/kubeconfig.ts';

const program = path.join(root, 'bin/cloudmart.ts');
let folder: string;
let kubeconfig: string;
/** An API server that takes every call and never answers. */
let silent: Server;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-rollback-'));
  silent = createServer(() => {});
  kubeconfig = await writeKubeconfig(folder, `http://127.0.0.1:${await listen(silent)}`);
});
afterAll(async () => {
  await hangUp(silent);
  await rm(folder, { recursive: true, force: true });
});

const cloudmart = (parameters: readonly string[], environment: Record<string, string> = {}) => {
  const child = spawn(process.execPath, [program, ...parameters, '--kubeconfig', kubeconfig], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    output.stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output.stderr += chunk.toString();
  });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...output }));
  return { child, ended };
};

test('Ctrl-C while nothing answers is one line, and nothing was changed', async () => {
  const asked = once(silent, 'request');
  const { child, ended } = cloudmart([
    'rollback',
    '--environment',
    'production',
    '--no-outside',
    '--call-timeout',
    '100',
  ]);
  await asked;
  child.kill('SIGINT');
  expect(await ended).toEqual({
    code: 130,
    stdout: '',
    stderr: 'cloudmart: interrupted; run the same command again to finish and to verify\n',
  });
});

test('a cluster that does not answer in time is one line', async () => {
  const { ended } = cloudmart(['rollback', 'order', '--environment', 'production', '--list', '--call-timeout', '0.5']);
  const { code, stderr } = await ended;
  expect(stderr).toMatch(/^cloudmart: http:\/\/127\.0\.0\.1:\d+ did not list \w+( \w+)? within 0\.5 s; .*\n$/);
  expect(code).toBe(1);
});

test.each<[string, string[], Record<string, string>, RegExp, number]>([
  [
    'no public door',
    ['--environment', 'dev'],
    {},
    /^cloudmart: dev has no public door .* --url, or .* --no-outside\n$/,
    2,
  ],
  [
    'an address that is none',
    ['--environment', 'dev', '--url', 'shop'],
    {},
    /^cloudmart: --url shop: give an http or https address/,
    2,
  ],
  [
    'a deadline that is none',
    ['--environment', 'production', '--deadline', 'soon'],
    {},
    /^cloudmart: --deadline soon/,
    2,
  ],
  [
    'a chat without https',
    ['--environment', 'production'],
    { CLOUDMART_CHAT_WEBHOOK: 'http://chat.example/secret' },
    /^cloudmart: the chat webhook is no https address; [^\n]*not shown\)\n$/,
    1,
  ],
])('%s is refused before the cluster is asked', async (_, parameters, environment, sentence, expected) => {
  const { code, stderr } = await cloudmart(['rollback', ...parameters], environment).ended;
  expect(stderr).toMatch(sentence);
  expect(stderr).not.toContain('secret');
  expect(code).toBe(expected);
});
