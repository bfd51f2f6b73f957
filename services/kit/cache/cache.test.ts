import { describe, expect, test } from '@jest/globals';
import { cacheConformance } from './cache.conformance.ts';
import { createCache } from './cache.ts';

cacheConformance('in process', async () => ({
  open: (options) => createCache('memory:', options),
  stop: async () => undefined,
}));

describe('the in-process cache', () => {
  test('drops the oldest entries at its limits instead of growing', async () => {
    const cache = createCache('memory:', { maxEntries: 3 });
    for (const key of ['a', 'b', 'c', 'd']) await cache.set(key, key, 60);
    expect(await cache.get('a')).toBeUndefined();
    expect(await cache.get('d')).toBe('d');
    const small = createCache('memory:', { maxCharacters: 100 });
    await small.set('big', 'x'.repeat(200), 60);
    expect(await small.get('big')).toBeUndefined();
  });
});

test('a cache says in one sentence which adapter is not there', () => {
  expect(() => createCache('memcached://host')).toThrow('CACHE_URL: there is no adapter for "memcached:"');
});
