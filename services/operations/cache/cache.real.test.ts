import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type RedisServer, startRedis } from '../../kit/testing/redis-server.ts';
import { manifest } from '../manifest.ts';
import { analyseCache } from './analyse-cache.ts';
import { deleteKeys } from './delete-keys.ts';
import { openSharedCache, type SharedCache } from './shared-cache.ts';

let server: RedisServer;
let cache: SharedCache | undefined;
beforeAll(async () => {
  server = await startRedis({ services: [manifest], parameters: ['--maxmemory', '64mb'] });
});
beforeEach(async () => {
  await server.ask('FLUSHALL');
  await server.ask('CONFIG', 'RESETSTAT');
  // A crowded machine is not a cache that is away.
  cache = openSharedCache(server.urlOf(manifest), { commandDeadlineMs: 60_000 });
});
afterEach(() => cache?.close());
afterAll(() => server.kill());

const set = (key: string, characters = 10, ttlSeconds?: number) =>
  server.ask('SET', key, 'x'.repeat(characters), ...(ttlSeconds === undefined ? [] : ['EX', String(ttlSeconds)]));
const setMany = (prefix: string, count: number) =>
  server.ask('EVAL', `for i = 1, ${count} do redis.call('SET', '${prefix}' .. i, i) end`, '0');
const keysThere = () => server.ask('DBSIZE');

/** How often the server has run a command. */
const callsOf = async (command: string) => {
  const statistics = String(await server.ask('INFO', 'commandstats'));
  return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(statistics)?.[1] ?? 0);
};

describe('an analysis', () => {
  test('counts keys by their prefix and by what is left of their time, and names the biggest', async () => {
    await set('product:price.v1:a', 10, 30);
    await set('product:price.v1:b', 10_000, 3_000);
    await set('product:price.v1:c', 10, 90_000);
    await set('cart:guest', 10);
    await server.ask('GET', 'cart:guest');
    await server.ask('GET', 'nowhere');
    const found = await analyseCache(cache, { withinMs: 60_000 });
    expect(found).toMatchObject({ lacking: null, keys: 4, scannedKeys: 4, isWhole: true, endlessKeys: 1 });
    expect(found).toMatchObject({ hits: 1, misses: 1, hitPercent: 50, evicted: 0, mostBytes: 64 * 2 ** 20 });
    expect(found.usedBytes).toBeGreaterThan(10_000);
    expect(found.ttlHistogram).toEqual([
      { upToSeconds: 60, keys: 1 },
      { upToSeconds: 600, keys: 0 },
      { upToSeconds: 3_600, keys: 1 },
      { upToSeconds: 86_400, keys: 0 },
      { upToSeconds: null, keys: 1 },
    ]);
    expect(Math.round((found.averageTtlSeconds ?? 0) / 1000)).toBe(31);
    expect(found.prefixes.map(({ prefix, keys }) => [prefix, keys])).toEqual([
      ['product:price.v1', 3],
      ['cart', 1],
    ]);
    const [biggest] = found.prefixes[0]?.biggest ?? [];
    expect(biggest).toMatchObject({ key: 'product:price.v1:b' });
    expect(biggest?.bytes).toBeGreaterThan(10_000);
  });

  test('of an empty cache has nothing to divide by', async () => {
    expect(await analyseCache(cache)).toMatchObject({
      keys: 0,
      hitPercent: null,
      averageTtlSeconds: null,
      prefixes: [],
    });
  });

  test('scans in steps, never asks for all keys at once, and says so when it was broken off', async () => {
    await setMany('order:page:', 20_000);
    const whole = await analyseCache(cache, { withinMs: 60_000 });
    expect(whole).toMatchObject({ keys: 20_000, scannedKeys: 20_000, isWhole: true });
    expect([await callsOf('keys'), (await callsOf('scan')) > 10]).toEqual([0, true]);
    // Sizes are those of a sample.
    expect(await callsOf('memory\\|usage')).toBe(200);
    const part = await analyseCache(cache, { withinMs: 60_000, mostKeys: 1_000 });
    expect(part.isWhole).toBe(false);
    expect(part.scannedKeys).toBeGreaterThanOrEqual(1_000);
    expect(part.scannedKeys).toBeLessThan(20_000);
    expect((await analyseCache(cache, { withinMs: 0 })).isWhole).toBe(false);
  });

  test('stays short where ids stand in place of words', async () => {
    await server.ask('EVAL', "for i = 1, 300 do redis.call('SET', 'word' .. i .. ':x:y', i) end", '0');
    const { prefixes } = await analyseCache(cache, { withinMs: 60_000 });
    expect(prefixes).toHaveLength(51);
    expect(prefixes[0]).toMatchObject({ prefix: '(others)', keys: 250 });
  });
});

describe('deleting by a pattern', () => {
  const order = { everything: false, dryRun: false, withinMs: 60_000 };

  test('takes what matches and nothing else, and a dry run takes nothing', async () => {
    await setMany('product:price.v1:', 2_000);
    await setMany('cart:', 3);
    const dry = await deleteKeys(cache, { ...order, pattern: 'product:*', dryRun: true });
    expect(dry).toMatchObject({ matchedKeys: 2_000, deletedKeys: 0, isWhole: true });
    expect(dry.examples).toHaveLength(10);
    expect(await keysThere()).toBe(2_003);
    expect(await deleteKeys(cache, { ...order, pattern: 'product:*' })).toMatchObject({ deletedKeys: 2_000 });
    expect(await keysThere()).toBe(3);
    expect(await deleteKeys(cache, { ...order, pattern: 'product:*' })).toMatchObject({ deletedKeys: 0, examples: [] });
  });

  test.each(['*', '**', '?*', '*:*', '[a-z]*', 'cart*'])(
    'needs a word of its own when %s matches every key',
    async (pattern) => {
      await setMany('cart:', 3);
      await expect(deleteKeys(cache, { ...order, pattern })).rejects.toMatchObject({
        kind: 'unprocessable',
        code: 'cache.everything',
      });
      await expect(deleteKeys(cache, { ...order, pattern, dryRun: true })).rejects.toMatchObject({
        code: 'cache.everything',
      });
      expect(await keysThere()).toBe(3);
      expect(await deleteKeys(cache, { ...order, pattern, everything: true })).toMatchObject({ deletedKeys: 3 });
    },
  );

  test('takes the only key there is by its own name', async () => {
    await set('cart:guest');
    expect(await deleteKeys(cache, { ...order, pattern: 'cart:guest' })).toMatchObject({ deletedKeys: 1 });
  });
});

describe('a cache that is not there', () => {
  test('is said to be inside each process, where nothing is shared', async () => {
    expect(openSharedCache('memory:')).toBeUndefined();
    expect((await analyseCache(undefined)).lacking).toMatch(/inside each process/);
    await expect(deleteKeys(undefined, { pattern: 'cart:*', everything: false, dryRun: true })).rejects.toMatchObject({
      kind: 'conflict',
      code: 'cache.not-shared',
    });
  });

  test('is one sentence when it is down', async () => {
    const away = openSharedCache('redis://127.0.0.1:1');
    await expect(analyseCache(away)).rejects.toMatchObject({ kind: 'unavailable', code: 'cache.unavailable' });
    await away?.close();
  });
});
