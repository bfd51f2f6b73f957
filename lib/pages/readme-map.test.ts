import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { root } from '../checkout.ts';
import { services } from '../services.ts';
import { readmeWith } from './readme-map.ts';

describe('the picture and the table in README.md', () => {
  test('say what the manifests say; otherwise run "npm run map"', async () => {
    const text = await readFile(path.join(root, 'README.md'), 'utf8');
    expect(readmeWith(text, services)).toBe(text);
  });

  test('show a service as soon as it is declared', async () => {
    const text = await readFile(path.join(root, 'README.md'), 'utf8');
    const [first] = services;
    if (!first) throw new Error('there are no services');
    const fresh = readmeWith(text, [...services, { ...first, name: 'no-shop-has-it', ports: { http: 8099 } }]);
    expect(fresh).toContain('| [no-shop-has-it](services/no-shop-has-it) |');
    expect(fresh).toContain('no-shop-has-it[no-shop-has-it]');
  });

  test('name what is missing when the markers are gone', () => {
    expect(() => readmeWith('# CloudMart', services)).toThrow('put them back');
  });
});
