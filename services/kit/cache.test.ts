import { describe, expect, test } from '@jest/globals';
import { createCache } from './cache.ts';
import { createMetrics } from './metrics.ts';
import { eventually } from './testing/condition.ts';

describe('the in-process cache', () => {
  test('keeps copies, not the objects themselves', async () => {
    const cache = createCache('memory:');
    const product = { id: 'prd_1', tags: ['a'] };
    await cache.set('p', product, 60);
    product.tags.push('b');
    expect(await cache.get('p')).toEqual({ id: 'prd_1', tags: ['a'] });
    await cache.delete('p');
    expect(await cache.get('p')).toBeUndefined();
  });

  test('forgets after the time to live', async () => {
    const cache = createCache('memory:');
    await cache.set('p', 1, 0.02);
    await eventually(async () => expect(await cache.get('p')).toBeUndefined());
  });

  test('counts up, and starts over a time to live after the first count', async () => {
    const cache = createCache('memory:');
    expect([await cache.increment('c', 60), await cache.increment('c', 60), await cache.increment('c', 60)]).toEqual([
      1, 2, 3,
    ]);
    expect(await cache.increment('d', 0.05)).toBe(1);
    // Each further count must not prolong the window, so the count falls back to 1 although it never pauses.
    await eventually(async () => expect(await cache.increment('d', 0.05)).toBe(1));
  });

  test('drops the oldest entries at its limits instead of growing', async () => {
    const cache = createCache('memory:', { maxEntries: 3 });
    for (const key of ['a', 'b', 'c', 'd']) await cache.set(key, key, 60);
    expect(await cache.get('a')).toBeUndefined();
    expect(await cache.get('d')).toBe('d');
    const small = createCache('memory:', { maxCharacters: 100 });
    await small.set('big', 'x'.repeat(200), 60);
    expect(await small.get('big')).toBeUndefined();
  });

  test('counts hits and misses', async () => {
    const metrics = createMetrics('cart');
    const cache = createCache('memory:', { metrics });
    await cache.set('p', 1, 60);
    for (const key of ['p', 'p', 'q']) await cache.get(key);
    const { text } = await metrics.page();
    expect(text).toContain('cache_requests_total{result="hit",service="cart"} 2');
    expect(text).toContain('cache_requests_total{result="miss",service="cart"} 1');
  });

  test('says in one sentence which adapter is not there', () => {
    expect(() => createCache('memcached://host')).toThrow('CACHE_URL: there is no adapter for "memcached:"');
  });
});
