import { expect, test } from '@jest/globals';
import { root } from '../../lib/checkout.ts';
import { repositoryFiles } from '../checks/tree-laws.ts';
import { realParts } from './real-parts.ts';

test('every test against a real part is run with one of the parts', async () => {
  const files = (await repositoryFiles(root)).filter((path) => path.endsWith('.real.test.ts'));
  expect(files.length).toBeGreaterThan(30);
  const patterns = realParts.map(({ tests }) => new RegExp(tests));
  expect(files.filter((path) => !patterns.some((pattern) => pattern.test(path)))).toEqual([]);
});
