import { describe, expect, test } from '@jest/globals';
import { parseRedisUrl } from './redis-address.ts';

describe('the address of Redis', () => {
  test.each([
    ['redis://valkey', { host: 'valkey', port: 6379, tls: false, database: 0 }],
    ['rediss://valkey:7000/2', { host: 'valkey', port: 7000, tls: true, database: 2 }],
    ['redis://[::1]:7000', { host: '::1', port: 7000, tls: false, database: 0 }],
    ['redis://:p%40ss@valkey', { host: 'valkey', port: 6379, tls: false, database: 0, password: 'p@ss' }],
    [
      'rediss://cloudmart-dev-cart@master.dev.use1.cache.amazonaws.com:6379?cacheName=cloudmart-dev',
      {
        host: 'master.dev.use1.cache.amazonaws.com',
        port: 6379,
        tls: true,
        database: 0,
        username: 'cloudmart-dev-cart',
        cacheName: 'cloudmart-dev',
      },
    ],
  ])('is read from %s', (url, address) => {
    expect(parseRedisUrl(url)).toEqual(address);
  });

  test.each([
    ['nonsense', 'is no URL'],
    ['redis://', 'names no host'],
    ['redis://valkey/shop', 'is no number of a database'],
    ['redis://valkey?ttl=1', 'the unknown parameter "ttl"'],
    ['redis://shop@valkey', 'names the user shop but no password'],
    ['redis://shop@valkey?cacheName=dev', 'in clear text; use rediss://'],
    ['rediss://valkey?cacheName=dev', 'needs a user, a cacheName and no password'],
    ['rediss://shop:secret@valkey?cacheName=dev', 'needs a user, a cacheName and no password'],
  ])('is refused in one sentence without its password when it is %s', (url, problem) => {
    expect(() => parseRedisUrl(url)).toThrow(/^CACHE_URL: /);
    expect(() => parseRedisUrl(url)).toThrow(problem);
    expect(() => parseRedisUrl(url)).not.toThrow('secret');
  });
});
