import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';
import { createProgram } from './program.ts';

const cloudmart = (words: readonly string[], flags: readonly string[] = []) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const env = { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent' };
    execFile(process.execPath, [...flags, 'bin/cloudmart.ts', ...words], { env }, (problem, stdout, stderr) =>
      resolve({ code: problem ? Number(problem.code) : 0, stdout, stderr }),
    );
  });

const names = createProgram().commands.map((command) => command.name());

test.each(names)('%s with an option that it does not know is wrong usage', async (name) => {
  expect(await cloudmart([name, '--no-such-option'])).toEqual({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(
      /^cloudmart: (unknown option '--no-such-option'|required option '.*' not specified) \(add --help for the options\)\n$/,
    ),
  });
});

test.each(names)('%s --help shows an example and the exit codes, in 80 columns', async (name) => {
  const { code, stdout, stderr } = await cloudmart([name, '--help']);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/\nExamples:\n {2}\S/);
  expect(stdout).toMatch(/\nExit codes:\n {2}0 {2}\S[\s\S]*\n {2}1 {2}\S[\s\S]*\n {2}2 {2}wrong usage\n$/);
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

test.each<[string[], RegExp]>([
  [['no-such-command'], /^cloudmart: unknown command 'no-such-command' /],
  [['no-such-command', '--help'], /^cloudmart: unknown command 'no-such-command' /],
  [['no-such-command', '--version'], /^cloudmart: unknown command 'no-such-command' /],
  [['help', 'no-such-command'], /^Usage: cloudmart /],
  [['--no-such-option'], /^cloudmart: unknown option '--no-such-option' /],
  [['verify'], /^cloudmart: required option '--environment <name>' not specified /],
  [['new-service'], /^cloudmart: missing required argument 'name' /],
  [['drop-service', 'no-such-service'], /^cloudmart: there is no service "no-such-service"; known are [^\n]*order/],
  [['image', '--out'], /^cloudmart: .* argument missing /],
  [['pages', 'too', 'many'], /^cloudmart: too many arguments /],
  [['verify', '--environment', 'nowhere'], /^cloudmart: --environment nowhere: known are dev, staging, production\n$/],
  [['replay', '--times', '3'], /^cloudmart: --times says how often; add whom with --kill\n$/],
  [
    ['restart', '--environment', 'dev', '--rotated', '--webhook', 'http://chat.example/secret'],
    /^cloudmart: --webhook: [^\n]*not shown\)\n$/,
  ],
  [[], /^Usage: cloudmart /],
])('a command line that cannot be used is wrong usage: %j', async (words, complaint) => {
  const { code, stdout, stderr } = await cloudmart(words);
  expect(stderr).toMatch(complaint);
  expect(stderr).not.toContain('chat.example');
  expect([code, stdout]).toEqual([2, '']);
});

test.each([[['--help']], [['help', 'verify']], [['verify', '--help']], [['--version']]])(
  'asking what there is is none: %j',
  async (words) => {
    expect(await cloudmart(words)).toMatchObject({ code: 0, stderr: '' });
  },
);

const PRINT_MODULES = `import { registerHooks } from 'node:module';
registerHooks({ load: (url, context, next) => (process.stderr.write(url + '\\n'), next(url, context)) });`;

test('help loads the command line alone: no library but its parser, and nothing that a command does', async () => {
  const { stderr } = await cloudmart(
    ['verify', '--help'],
    [`--import=data:text/javascript,${encodeURIComponent(PRINT_MODULES)}`],
  );
  // By their place in the checkout, which may itself lie in a folder of any name.
  const checkout = pathToFileURL(`${process.cwd()}/`).href;
  const modules = stderr.split('\n').flatMap((url) => (url.startsWith(checkout) ? url.slice(checkout.length - 1) : []));
  expect(modules.length).toBeGreaterThan(names.length);
  const packages = modules.flatMap((url) => /node_modules\/(@[^/]+\/[^/]+|[^/]+)/.exec(url)?.[1] ?? []);
  expect([...new Set(packages)]).toEqual(['commander']);
  expect(modules.filter((url) => /\/(services|bin\/commands\/run)\//.test(url))).toEqual([]);
});

test('a reader that stops reading, as head does, is no failure', async () => {
  const ended = await new Promise<number | null>((resolve) => {
    const child = execFile(process.execPath, ['bin/cloudmart.ts', '--help']);
    child.stdout?.destroy();
    child.once('exit', resolve);
  });
  expect(ended).toBe(0);
});
