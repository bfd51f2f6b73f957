import { expect, test } from '@jest/globals';
import { manifestChanges } from './manifest-changes.ts';

const equal = ['cart/service.yaml', 'port: 8000\n'] as const;

test('changed, new and removed files are shown, equal ones are not', async () => {
  const before = new Map([
    equal,
    ['order/deployment.yaml', 'kind: Deployment\nimage: order:1\n'],
    ['user/service.yaml', 'port: 1\n'],
  ]);
  const after = new Map([
    equal,
    ['order/deployment.yaml', 'kind: Deployment\nimage: order:2\n'],
    ['wishlist/service.yaml', 'port: 2\n'],
  ]);
  expect(await manifestChanges(before, after)).toEqual([
    { file: 'order/deployment.yaml', diff: '@@ -1,2 +1,2 @@\n kind: Deployment\n-image: order:1\n+image: order:2' },
    { file: 'user/service.yaml', diff: '@@ -1 +0,0 @@\n-port: 1' },
    { file: 'wishlist/service.yaml', diff: '@@ -0,0 +1 @@\n+port: 2' },
  ]);
});

test('equal sides have no change', async () => {
  expect(await manifestChanges(new Map([equal]), new Map([equal]))).toEqual([]);
});
