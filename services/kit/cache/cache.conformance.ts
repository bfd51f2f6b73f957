/** What every cache does, written against the port alone: the in-process cache and Redis run the same tests. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createMetrics } from '../telemetry/metrics.ts';
import { eventually } from '../testing/condition.ts';
import type { Cache, CacheOptions } from './cache.ts';

export type CacheUnderTest = {
  open(options?: CacheOptions): Cache;
  stop(): Promise<void>;
};

export const cacheConformance = (name: string, start: () => Promise<CacheUnderTest>) =>
  describe(`${name}: what every cache does`, () => {
    let peer: CacheUnderTest;
    let cache: Cache;
    beforeAll(async () => {
      peer = await start();
      cache = peer.open();
    });
    afterAll(async () => {
      await cache.close();
      await peer.stop();
    });

    test.each([
      ['an object', { id: 'prd_1', tags: ['a', { deep: null }], text: 'naïve ☕ "quoted"\n' }],
      ['a number', 0],
      ['a text', ''],
      ['a list', []],
      ['no', false],
      ['null', null],
    ])('gives back %s as it was', async (_case, value) => {
      const key = randomUUID();
      await cache.set(key, value, 60);
      expect(await cache.get(key)).toEqual(value);
    });

    test('keeps copies, not the objects themselves', async () => {
      const product = { id: 'prd_1', tags: ['a'] };
      const key = randomUUID();
      await cache.set(key, product, 60);
      product.tags.push('b');
      expect(await cache.get(key)).toEqual({ id: 'prd_1', tags: ['a'] });
    });

    test('knows nothing of what was never set, was deleted, or was set for another key', async () => {
      const [key, other] = [randomUUID(), randomUUID()];
      await cache.set(other, 1, 60);
      expect(await cache.get(key)).toBeUndefined();
      await cache.delete(other);
      await cache.delete(other);
      expect(await cache.get(other)).toBeUndefined();
    });

    test('replaces a value and its time to live', async () => {
      const key = randomUUID();
      await cache.set(key, 'old', 0.05);
      await cache.set(key, 'new', 60);
      const witness = randomUUID();
      await cache.set(witness, 1, 0.1);
      await eventually(async () => expect(await cache.get(witness)).toBeUndefined());
      expect(await cache.get(key)).toBe('new');
    });

    test('ends what was set together at different moments, none later than asked', async () => {
      const sizesWithin = async (ttlSeconds: number) => {
        const keys = Array.from({ length: 40 }, () => randomUUID());
        await Promise.all(keys.map((key) => cache.set(key, 1, ttlSeconds)));
        const endsAt = performance.now() + ttlSeconds * 1_000;
        const left = new Set(keys);
        const sizes = new Set<number>();
        await eventually(async () => {
          const isOver = performance.now() > endsAt;
          for (const key of left) if ((await cache.get(key)) === undefined) left.delete(key);
          sizes.add(left.size);
          if (!isOver) throw new Error('some may live still');
        });
        expect(left.size).toBe(0);
        return sizes.size;
      };
      // A machine too slow to see them go one by one looks again where they take longer.
      let ttlSeconds = 2;
      while ((await sizesWithin(ttlSeconds)) < 6) ttlSeconds *= 2;
    });

    test('forgets after the time to live', async () => {
      const key = randomUUID();
      await cache.set(key, 1, 0.02);
      await eventually(async () => expect(await cache.get(key)).toBeUndefined());
    });

    test('counts up, and starts over a time to live after the first count', async () => {
      const [long, short] = [randomUUID(), randomUUID()];
      const counts = [];
      for (let at = 0; at < 3; at += 1) counts.push(await cache.increment(long, 60));
      expect(counts).toEqual([1, 2, 3]);
      expect(await cache.increment(short, 0.3)).toBe(1);
      // Each further count must not prolong the window, so the count falls back to 1 although it never pauses.
      await eventually(async () => expect(await cache.increment(short, 0.3)).toBe(1), { everyMs: 5 });
    });

    test('loses no count when many come at once', async () => {
      const key = randomUUID();
      const counts = await Promise.all(Array.from({ length: 200 }, () => cache.increment(key, 60)));
      expect(counts.toSorted((one, two) => one - two)).toEqual(Array.from({ length: 200 }, (_, at) => at + 1));
    });

    test('counts hits and misses', async () => {
      const metrics = createMetrics('cart');
      const counted = peer.open({ metrics });
      const [known, unknown] = [randomUUID(), randomUUID()];
      await counted.set(known, 1, 60);
      for (const key of [known, known, unknown]) await counted.get(key);
      await counted.close();
      const { text } = await metrics.page();
      expect(text).toContain('cache_requests_total{result="hit",service="cart"} 2');
      expect(text).toContain('cache_requests_total{result="miss",service="cart"} 1');
    });

    test('is well when asked', async () => {
      await expect(cache.check()).resolves.toBeUndefined();
    });
  });
