import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';

const read = (file: string) => readFileSync(path.join(import.meta.dirname, '..', file), 'utf8');

/** The commands that .ci/run counts, without what differs from run to run: folders and flags. */
const commands = [
  ...read('.ci/run').matchAll(/^ *step (?:'[^']+'|"\$start purchase") \d+ (.+?)(?: &&| \|\|.*)?$/gm),
].map(([, command = '']) =>
  command
    .split(' ')
    .filter((word) => !/^["-]/.test(word))
    .join(' '),
);

test('every command of .ci/run is in a workflow too', () => {
  const workflows = [read('.github/workflows/checks.yml'), read('.github/actions/prepare/action.yml')]
    .join('\n')
    .split('\n')
    .map((line) =>
      line
        .split(/\s+/)
        .filter((word) => !/^["-]/.test(word))
        .join(' '),
    );
  expect(commands).toEqual(expect.arrayContaining(['npm ci', 'npm test', 'npm start', '.ci/fork']));
  expect(commands.filter((command) => !workflows.some((line) => line.includes(command)))).toEqual([]);
});
