import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { writeFiles } from './write-files.ts';

let parent: string;
let out: string;
beforeEach(async () => {
  parent = await mkdtemp(path.join(tmpdir(), 'cloudmart-render-'));
  out = path.join(parent, 'deploy', 'dev');
});
afterEach(() => rm(parent, { recursive: true, force: true }));

const files = (...names: string[]) => new Map(names.map((name) => [name, `content of ${name}\n`]));
const read = (file: string) => readFile(path.join(out, file), 'utf8');

test('a missing folder is made and every file is in it', async () => {
  await writeFiles(files('order/service.yaml', 'kustomization.yaml'), out, 'dev');
  expect(await read('order/service.yaml')).toBe('content of order/service.yaml\n');
  expect(await read('kustomization.yaml')).toBe('content of kustomization.yaml\n');
});

test('a second rendering removes what is no longer made and keeps what others put there', async () => {
  await writeFiles(files('cart/service.yaml', 'order/service.yaml'), out, 'dev');
  await writeFile(path.join(out, 'README.md'), 'ours');
  expect(await writeFiles(files('order/service.yaml'), out, 'dev')).toEqual(['cart/service.yaml']);
  expect((await readdir(out)).sort()).toEqual(['.cloudmart-render.json', 'README.md', 'order']);
});

test('a rendering that was interrupted is mended by the next one', async () => {
  await writeFiles(files('cart/service.yaml'), out, 'dev');
  await mkdir(path.join(out, 'order/service.yaml'), { recursive: true });
  await expect(writeFiles(files('order/service.yaml'), out, 'dev')).rejects.toThrow(/cannot write .*EISDIR/);
  await rm(path.join(out, 'order'), { recursive: true });
  expect(await writeFiles(files('order/service.yaml'), out, 'dev')).toEqual(['cart/service.yaml']);
});

test('a folder with foreign content is refused and left as it was', async () => {
  await mkdir(out, { recursive: true });
  await writeFile(path.join(out, 'thesis.txt'), 'mine');
  await expect(writeFiles(files('order/service.yaml'), out, 'dev')).rejects.toThrow(/not rendered by this command/);
  expect(await readdir(out)).toEqual(['thesis.txt']);
});

test('the folder of another environment is refused', async () => {
  await writeFiles(files('order/service.yaml'), out, 'production');
  await expect(writeFiles(files('order/service.yaml'), out, 'dev')).rejects.toThrow(/holds production/);
});

test.each(['{', '{"environment":"dev"}', '{"environment":"dev","files":["../../etc/passwd"]}'])(
  'a damaged marker %s is refused',
  async (content) => {
    await mkdir(out, { recursive: true });
    await writeFile(path.join(out, '.cloudmart-render.json'), content);
    await expect(writeFiles(files('order/service.yaml'), out, 'dev')).rejects.toThrow(/is damaged/);
  },
);

test('a path that is a file is refused by name', async () => {
  await writeFile(path.join(parent, 'taken'), '');
  await expect(writeFiles(files('a'), path.join(parent, 'taken', 'dev'), 'dev')).rejects.toThrow(
    /cannot write .*ENOTDIR/,
  );
});
