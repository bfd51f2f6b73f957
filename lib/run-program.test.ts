import { expect, test } from '@jest/globals';
import { outputOf, runProgram } from './run-program.ts';

const node = (source: string) => ['--eval', source];
const talk =
  'process.stdin.on("data", (text) => { console.log("out " + text); console.error("err"); process.exitCode = 3; })';

test('a program gets its input, and what it says on each stream is told apart', async () => {
  const run = await runProgram(process.execPath, node(talk), { input: 'hello' });
  expect(run).toMatchObject({ code: 3, stdout: 'out hello\n', stderr: 'err\n' });
  expect(run.output.split('\n').sort()).toEqual(['', 'err', 'out hello']);
});

test('a program that hangs is killed at its time, and its code says by which signal', async () => {
  const run = await runProgram(process.execPath, node('setInterval(() => {}, 1000)'), { timeoutMs: 200 });
  expect(run.code).toBe(128 + 9);
});

test('a program ends with the signal that it was given', async () => {
  const stop = new AbortController();
  const run = runProgram(process.execPath, node('setInterval(() => {}, 1000)'), { signal: stop.signal });
  stop.abort();
  await expect(run).rejects.toThrow('aborted');
});

test('variables of this process are inherited unless they must not be', async () => {
  const print = node('console.log(process.env.RUN_PROGRAM_TEST, process.env.OWN)');
  process.env['RUN_PROGRAM_TEST'] = 'inherited';
  const environment = { OWN: 'given' };
  expect(await outputOf(process.execPath, print, { environment })).toBe('inherited given\n');
  expect(await outputOf(process.execPath, print, { environment, inherits: false })).toBe('undefined given\n');
});

test('a failure is thrown with what the program complained of, and a program that is not there with its name', async () => {
  await expect(outputOf(process.execPath, node('console.error("no room"); process.exit(2)'))).rejects.toThrow(
    'no room',
  );
  expect(await outputOf(process.execPath, node('process.exit(2)'), { accepts: [2] })).toBe('');
  await expect(runProgram('there-is-no-such-program', [])).rejects.toThrow('ENOENT');
});
