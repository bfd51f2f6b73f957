import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { root } from '../checkout.ts';
import { withoutPackages } from './unused-packages.ts';

test('a package goes from the page of dependencies with its line, and no other does', async () => {
  const page = await readFile(path.join(root, 'docs/dependencies.md'), 'utf8');
  const rest = withoutPackages(page, ['zod', 'pg']);
  const gone = page.split('\n').filter((line) => !rest.split('\n').includes(line));
  expect(gone.map((line) => line.split(' ')[1]).toSorted()).toEqual(['pg', 'zod']);
});
