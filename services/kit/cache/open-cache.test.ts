import { describe, expect, test } from '@jest/globals';
import { cacheConformance } from './cache.conformance.ts';
import { openCache } from './open-cache.ts';

cacheConformance('in process', async () => ({
  open: (options) => openCache('memory:', options),
  stop: async () => undefined,
}));

describe('the in-process cache', () => {
  test('drops the oldest entries at its limits instead of growing', async () => {
    const cache = openCache('memory:', { maxEntries: 3 });
    for (const key of ['a', 'b', 'c', 'd']) await cache.set(key, key, 60);
    expect(await cache.get('a')).toBeUndefined();
    expect(await cache.get('d')).toBe('d');
    const small = openCache('memory:', { maxCharacters: 100 });
    await small.set('big', 'x'.repeat(200), 60);
    expect(await small.get('big')).toBeUndefined();
  });
});

test('a cache says in one sentence which adapter is not there', () => {
  expect(() => openCache('memcached://host')).toThrow('CACHE_URL: there is no adapter for "memcached:"');
});
