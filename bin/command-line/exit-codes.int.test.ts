import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const cloudmart = (...words: string[]) =>
  new Promise<{ code: number; stderr: string }>((resolve) => {
    const env = { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent' };
    execFile(process.execPath, ['bin/cloudmart.ts', ...words], { env }, (problem, _, stderr) =>
      resolve({ code: problem ? Number(problem.code) : 0, stderr }),
    );
  });

test.each(['verify', 'rollback', 'roll'])(
  '%s of an environment that there is none of is wrong usage',
  async (command) => {
    expect(await cloudmart(command, '--environment', 'nowhere')).toEqual({
      code: 2,
      stderr: 'cloudmart: there is no environment "nowhere"; known: dev, staging, production\n',
    });
  },
);

const commands = readdirSync('bin/commands').map((file) => file.replace(/\.ts$/, ''));

test.each(commands)('%s with an option that it does not know is wrong usage', async (command) => {
  expect(await cloudmart(command, '--no-such-option')).toEqual({
    code: 2,
    stderr: expect.stringMatching(/^error: (unknown|required) option .*\n\(add --help for the options\)\n$/),
  });
});

test.each([
  [['no-such-command'], /unknown command 'no-such-command'/],
  [['up', '--no-such-option'], /unknown option '--no-such-option'/],
  [['verify'], /required option '--environment <name>' not specified/],
  [['new-service'], /missing required argument 'name'/],
  [['image', '--out'], /argument missing/],
  [['pages', 'too', 'many'], /too many arguments/],
  [[], /^Usage: cloudmart /],
])('a command line that cannot be used is wrong usage: %j', async (words, complaint) => {
  const { code, stderr } = await cloudmart(...words);
  expect(stderr).toMatch(complaint);
  expect(code).toBe(2);
});

test.each([[['--help']], [['help', 'verify']], [['verify', '--help']]])(
  'asking for help is none: %j',
  async (words) => {
    expect(await cloudmart(...words)).toEqual({ code: 0, stderr: '' });
  },
);
