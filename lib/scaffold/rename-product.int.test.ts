import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { outputOf } from '../run-program.ts';
import { renameProduct, withName } from './rename-product.ts';

let root: string;

const files: Readonly<Record<string, string>> = {
  'package.json': '{ "name": "oldshop" }\n',
  LICENSE: 'Copyright the authors of OldShop\n',
  'README.md': '# OldShop\n\n`npx oldshop` reads OLDSHOP_ENGINE.\n',
  'bin/oldshop.ts': "export const name = 'oldshop';\n",
  'services/contracts/proto/oldshop/order/v1/order.proto': 'package oldshop.order.v1;\n',
};

const git = (...parameters: string[]) =>
  outputOf('git', ['-c', 'user.name=test', '-c', 'user.email=test@shop.example', ...parameters], { cwd: root });
const read = (file: string) => readFile(path.join(root, file), 'utf8');
const exists = (file: string) =>
  access(path.join(root, file)).then(
    () => true,
    () => false,
  );

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'rename-'));
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), text);
  }
  await git('init', '--quiet');
  await git('add', '.');
  await git('commit', '--quiet', '-m', 'start');
});
afterEach(() => rm(root, { recursive: true, force: true }));

test('a product is renamed in texts, file names and folders, in every spelling, but not in its licence', async () => {
  expect(await renameProduct(root, 'teashop')).toEqual({ from: 'oldshop', to: 'teashop', files: 4 });
  expect(await read('README.md')).toBe('# Teashop\n\n`npx teashop` reads TEASHOP_ENGINE.\n');
  expect(await read('bin/teashop.ts')).toBe("export const name = 'teashop';\n");
  expect(await read('services/contracts/proto/teashop/order/v1/order.proto')).toBe('package teashop.order.v1;\n');
  expect(await read('LICENSE')).toBe(files['LICENSE']);
  expect([await exists('bin/oldshop.ts'), await exists('services/contracts/proto/oldshop')]).toEqual([false, false]);
});

test('a renamed product can be renamed again', async () => {
  await renameProduct(root, 'teashop');
  await git('add', '.');
  await git('commit', '--quiet', '-m', 'renamed');
  await renameProduct(root, 'books');
  expect(await read('README.md')).toBe('# Books\n\n`npx books` reads BOOKS_ENGINE.\n');
});

test('the name that the help gives as an example is free, although the help has it', async () => {
  await writeFile(path.join(root, 'README.md'), 'Try `npx oldshop rename teashop`.\n');
  await git('add', '.');
  await git('commit', '--quiet', '-m', 'help');
  await renameProduct(root, 'teashop');
  expect(await read('README.md')).toBe('Try `npx teashop rename teashop`.\n');
});

test.each([
  ['Tea-Shop', '"Tea-Shop" cannot name the product'],
  ['1shop', '"1shop" cannot name the product'],
  ['averyveryverylongname', '"averyveryverylongname" cannot name the product'],
  ['oldshop', 'the product is named "oldshop" already'],
  ['order', '"order" stands in services/contracts/proto/oldshop/order/v1/order.proto already'],
])('the name %s is refused, and nothing changes', async (name, refusal) => {
  await expect(renameProduct(root, name)).rejects.toThrow(refusal);
  expect(await git('status', '--porcelain')).toBe('');
});

test('a checkout with changes of its own is left alone', async () => {
  await writeFile(path.join(root, 'README.md'), '# Mine\n');
  await expect(renameProduct(root, 'teashop')).rejects.toThrow('commit them first');
  expect(await read('README.md')).toBe('# Mine\n');
});

test('a name is replaced by the case that it is found in', () => {
  expect(withName('cloudmart CloudMart CLOUDMART Cloudmart cloudMart', 'cloudmart', 'teashop')).toBe(
    'teashop Teashop TEASHOP Teashop Teashop',
  );
});
