import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { root } from '../checkout.ts';

const read = (path: string) => readFileSync(join(root, path), 'utf8');

test('the page for callers of earlier platforms names doors that exist (S-12)', () => {
  const { paths } = JSON.parse(read('services/contracts/published/openapi.json')) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const named = read('docs/api.md')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
    .slice(1)
    .map((line) => line.split('|')[2]?.trim() ?? '');
  expect(named.length).toBeGreaterThan(5);
  const isDoor = (door: string) => {
    const [, method = '', path = ''] = /^`([A-Z]+) (\/\S+)`$/.exec(door) ?? [];
    return paths[path.replace(/^\/api\/v1/, '')]?.[method.toLowerCase()] !== undefined;
  };
  expect(named.filter((door) => !isDoor(door))).toEqual([]);
});
