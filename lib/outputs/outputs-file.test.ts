import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readOutputs } from './outputs-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-outputs-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const fileWith = async (content: unknown) => {
  const file = path.join(folder, 'outputs.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};
const needed = ['CacheAddress', 'DatabaseAddress'];

test('values are found in whichever stack of the environment exports them', async () => {
  const file = await fileWith({
    'dev-database': { DatabaseAddress: 'writer:5432' },
    'dev-cache': { CacheAddress: 'cache:6379', Other: 'x' },
    'production-cache': { CacheAddress: 'elsewhere:6379' },
  });
  const outputOf = await readOutputs(file, 'dev', needed);
  expect(needed.map(outputOf)).toEqual(['cache:6379', 'writer:5432']);
});

test.each<[string, unknown, RegExp]>([
  ['text', 'not json', /is not JSON/],
  ['a list', [1], /does not map stacks/],
  ['numbers', { 'dev-cache': { CacheAddress: 6379 } }, /does not map stacks/],
  [
    'another environment only',
    { 'production-cache': { CacheAddress: 'x' } },
    /holds no stack of dev, only production-cache/,
  ],
  ['nothing', {}, /holds no stack of dev, only nothing/],
  ['half of the values', { 'dev-cache': { CacheAddress: 'x' } }, /dev in .*: no stack has the output DatabaseAddress/],
  [
    'a name twice',
    { 'dev-cache': { CacheAddress: 'x', DatabaseAddress: 'd' }, 'dev-old': { CacheAddress: 'y' } },
    /there are two values of output CacheAddress, the second in stack dev-old/,
  ],
])('a file with %s is refused in one sentence', async (_, content, sentence) => {
  await expect(readOutputs(await fileWith(content), 'dev', needed)).rejects.toThrow(sentence);
});

test('a missing file is named', async () => {
  await expect(readOutputs(path.join(folder, 'none.json'), 'dev', needed)).rejects.toThrow(/none.json \(ENOENT\)/);
});
