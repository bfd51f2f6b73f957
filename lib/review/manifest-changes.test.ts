import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { manifestChanges } from './manifest-changes.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-manifests-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const put = async (side: 'before' | 'after', file: string, content: string) => {
  const target = path.join(folder, side, 'dev', file);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, content);
};

test('changed, new and removed files are shown, equal and hidden ones are not', async () => {
  for (const side of ['before', 'after'] as const) {
    await put(side, '.cloudmart-render.json', side);
    await put(side, 'cart/service.yaml', 'port: 8000\n');
  }
  await put('before', 'order/deployment.yaml', 'kind: Deployment\nimage: order:1\n');
  await put('after', 'order/deployment.yaml', 'kind: Deployment\nimage: order:2\n');
  await put('before', 'user/service.yaml', 'port: 1\n');
  await put('after', 'wishlist/service.yaml', 'port: 2\n');
  expect(await manifestChanges(folder, 'dev')).toEqual([
    { file: 'order/deployment.yaml', diff: '@@ -1,2 +1,2 @@\n kind: Deployment\n-image: order:1\n+image: order:2' },
    { file: 'user/service.yaml', diff: '@@ -1 +0,0 @@\n-port: 1' },
    { file: 'wishlist/service.yaml', diff: '@@ -0,0 +1 @@\n+port: 2' },
  ]);
});

test('an environment that only one side has is left to its stacks', async () => {
  await put('after', 'order/deployment.yaml', 'image: order:2\n');
  expect(await manifestChanges(folder, 'dev')).toEqual([]);
});
