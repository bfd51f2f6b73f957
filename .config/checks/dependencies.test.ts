import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { root } from '../../lib/checkout.ts';

const page = readFileSync(join(root, 'docs/dependencies.md'), 'utf8');
const manifest: Readonly<Record<string, Readonly<Record<string, string | boolean>>>> = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
);

/** The table below a heading: the first column as keys, the others as they stand. */
function tableOf(heading: string): Map<string, readonly string[]> {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| '));
  const cells = rows.slice(2).map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
  return new Map(cells.map(([name = '', ...rest]) => [name, rest]));
}

test.each([
  ['dependencies', 'What runs'],
  ['devDependencies', 'What builds and checks'],
  ['overrides', 'Overrides'],
  ['allowScripts', 'Install scripts'],
])('package.json has exactly the %s that docs/dependencies.md gives a reason for', (field, heading) => {
  const table = tableOf(heading);
  expect([...table.keys()].sort()).toEqual(Object.keys(manifest[field] ?? {}).sort());
  for (const [name, columns] of table) expect(`${name}: ${columns.at(-1)}`).toMatch(/: \S.*\.$/);
});

test('the page says which install scripts run as package.json does', () => {
  const page = [...tableOf('Install scripts')].map(([name, [runs]]) => [name, runs === 'yes'] as const);
  expect(Object.fromEntries(page)).toEqual(manifest['allowScripts']);
});

test.each(['dependencies', 'devDependencies', 'overrides'])('%s have exact versions', (field) => {
  const loose = Object.entries(manifest[field] ?? {}).filter(
    ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(String(version)),
  );
  expect(loose).toEqual([]);
});
