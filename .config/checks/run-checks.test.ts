import { expect, test } from '@jest/globals';
import type { Check } from './checks.ts';
import { runChecks } from './run-checks.ts';

const check = (name: string, run: Check['run']): Check => ({ name, next: `Mend ${name}.`, run });
const withoutSeconds = (line: string) => line.replaceAll(/\d+\.\d/g, 'n');

test('each check prints one line, a failed one with its problems and the next step', async () => {
  const lines: string[] = [];
  const tally = await runChecks(
    [check('types', async () => ''), check('names', async () => 'lib/utils.ts\nlib/index.ts')],
    (line) => lines.push(withoutSeconds(line)),
    1,
  );
  expect(lines).toEqual([
    'ok    types (n s)',
    'FAIL  names (n s)\n      lib/utils.ts\n      lib/index.ts\n      next: Mend names.',
  ]);
  expect(tally).toEqual({ passed: 1, failed: 1 });
});

test('a check that breaks counts as failed and does not stop the others', async () => {
  const lines: string[] = [];
  const tally = await runChecks(
    [check('a', () => Promise.reject(new Error('no tool'))), check('b', async () => '')],
    (line) => lines.push(line),
    1,
  );
  expect(tally).toEqual({ passed: 1, failed: 1 });
  expect(lines[0]).toContain('The check itself failed: Error: no tool');
});

test('no more checks run at once than allowed, and all of them run', async () => {
  let running = 0;
  let most = 0;
  const slow = async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise(setImmediate);
    running -= 1;
    return '';
  };
  const tally = await runChecks(
    Array.from({ length: 5 }, (_, at) => check(`c${at}`, slow)),
    () => {},
    2,
  );
  expect(tally.passed).toBe(5);
  expect(most).toBe(2);
});
