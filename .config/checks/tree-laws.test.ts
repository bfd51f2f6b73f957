import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runCommand } from '../run-command.ts';
import {
  barrels,
  drawerNames,
  emptyFiles,
  fullFolders,
  repositoryFiles,
  spelledNames,
  unfinishedWords,
} from './tree-laws.ts';

let folder: string;

const write = (path: string, content: string) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cloudmart-tree-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('the files of the repository are those that git has or would take, without what was deleted', async () => {
  await runCommand('git', ['init', '--quiet'], { cwd: folder });
  write('.gitignore', 'cache/\n');
  write('cache/left.ts', '1');
  write('lib/added.ts', '1');
  write('lib/deleted.ts', '1');
  await runCommand('git', ['add', '.'], { cwd: folder });
  rmSync(join(folder, 'lib/deleted.ts'));
  write('lib/new.ts', '1');
  expect((await repositoryFiles(folder)).sort()).toEqual(['.gitignore', 'lib/added.ts', 'lib/new.ts']);
});

test('a folder that is no repository is named instead of passing unchecked', async () => {
  await expect(repositoryFiles(folder)).rejects.toThrow(`git could not list the files of ${folder}`);
});

test('a file of nothing but white space is empty', () => {
  write('services/order/app.ts', ' \n\n');
  write('services/order/main.ts', '1');
  expect(emptyFiles(folder, ['services/order/app.ts', 'services/order/main.ts'])).toEqual(['services/order/app.ts']);
});

test('drawers are found as files, folders and first words of a test, and not inside other words', () => {
  const drawers = [
    'lib/utils.ts',
    'services/kit/helpers/x.ts',
    'services/order/types.test.ts',
    'services/shared/a.sql',
  ];
  const fine = ['lib/database.ts', 'lib/shop/films.csv', 'services/order/domain/helper-fee.ts', 'docs/common.ts'];
  expect(drawerNames([...drawers, ...fine])).toEqual(drawers);
});

test('an index.ts is a barrel wherever it stands', () => {
  expect(barrels(['lib/index.ts', 'lib/index-page.ts'])).toEqual(['lib/index.ts']);
});

test('a folder of more than 25 source files is full, whatever tests and migrations lie beside them', () => {
  const sources = Array.from({ length: 26 }, (_, at) => `lib/local/part-${at}.ts`);
  const beside = Array.from({ length: 40 }, (_, at) => `lib/release/part-${at}.test.ts`);
  expect(fullFolders([...sources, ...beside])).toEqual(['lib/local: 26 source files, more than 25']);
  expect(fullFolders([...sources.slice(1), ...beside])).toEqual([]);
  const components = sources.map((path) => path.replace('.ts', '.tsx'));
  expect(fullFolders(components)).toEqual(['lib/local: 26 source files, more than 25']);
});

test('a promise to finish later is found with its line', () => {
  const word = ['TO', 'DO'].join('');
  write('lib/a.ts', `export const a = 1;\n// ${word}: more\n`);
  write('lib/b.ts', "export const todo = 'open';\n");
  expect(unfinishedWords(folder, ['lib/a.ts', 'lib/b.ts'])).toEqual([`lib/a.ts:2: // ${word}: more`]);
});

test('a physical name that is spelled out is found with its line, except where names are made and in tests', () => {
  const spelled = [`cloudmart-\${environment}`, 'cloudmart-production-deploy', 'part-of=cloudmart'];
  const lines = spelled.map((name) => `const a = \`${name}\`;`);
  write('lib/a.ts', [...lines, "const folder = 'cloudmart-bundles-';"].join('\n'));
  write('lib/names.ts', lines.join('\n'));
  write('lib/a.test.ts', lines.join('\n'));
  expect(spelledNames(folder, ['lib/a.ts', 'lib/names.ts', 'lib/a.test.ts'])).toEqual(
    lines.map((line, at) => `lib/a.ts:${at + 1}: ${line}`),
  );
});
