import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { keepComposeSecrets } from './compose-secrets.ts';

let folder: string;
const file = () => path.join(folder, '.env');
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-env-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const settingOf = (text: string, name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1];

test('a first call makes every secret, long, different, and for the owner of the file alone', async () => {
  expect(await keepComposeSecrets(file(), ['ONE', 'TWO'])).toEqual(['ONE', 'TWO']);
  const text = await readFile(file(), 'utf8');
  expect(settingOf(text, 'ONE')).toMatch(/^[\w-]{32,}$/);
  expect(settingOf(text, 'TWO')).not.toBe(settingOf(text, 'ONE'));
  expect((await stat(file())).mode & 0o777).toBe(0o600);
});

test('a later call keeps what is there and adds what is missing or empty', async () => {
  await writeFile(file(), '# mine\nONE=kept\nTWO=');
  expect(await keepComposeSecrets(file(), ['ONE', 'TWO', 'THREE'])).toEqual(['TWO', 'THREE']);
  const text = await readFile(file(), 'utf8');
  expect(text.startsWith('# mine\nONE=kept\nTWO=\nTWO=')).toBe(true);
  expect(await keepComposeSecrets(file(), ['ONE', 'TWO', 'THREE'])).toEqual([]);
  expect(await readFile(file(), 'utf8')).toBe(text);
});
