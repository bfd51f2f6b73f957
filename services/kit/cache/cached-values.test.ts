import { describe, expect, test } from '@jest/globals';
import { createCachedValues } from './cached-values.ts';
import { openCache } from './open-cache.ts';

/** A source that answers when the test says so. */
const source = () => {
  const asked: (readonly string[])[] = [];
  const gate = Promise.withResolvers<void>();
  return {
    asked,
    open: gate.resolve,
    fail: gate.reject,
    ask: async (ids: readonly string[]) => {
      asked.push(ids);
      await gate.promise;
      return new Map(ids.filter((id) => id !== 'nobody').map((id) => [id, `value of ${id}`]));
    },
  };
};

const kind = { name: 'product', version: 1, ttlSeconds: 60 };

describe('cached values', () => {
  test('are loaded once for all who miss them at the same time, and kept', async () => {
    const values = createCachedValues<string>({ cache: openCache('memory:'), ...kind });
    const { ask, asked, open } = source();
    const waiting = [['a', 'b'], ['b', 'c'], ['b']].map((ids) => values.load(ids, ask));
    open();
    expect((await Promise.all(waiting)).map((found) => Object.fromEntries(found))).toEqual([
      { a: 'value of a', b: 'value of b' },
      { b: 'value of b', c: 'value of c' },
      { b: 'value of b' },
    ]);
    expect(asked).toEqual([['a', 'b'], ['c']]);
    expect(Object.fromEntries(await values.cached(['a', 'b', 'c', 'd']))).toEqual({
      a: 'value of a',
      b: 'value of b',
      c: 'value of c',
    });
  });

  test('leave out what nobody has, and do not remember that', async () => {
    const values = createCachedValues<string>({ cache: openCache('memory:'), ...kind });
    const { ask, asked, open } = source();
    open();
    expect(await values.load(['nobody'], ask)).toEqual(new Map());
    await values.load(['nobody'], ask);
    expect(asked).toHaveLength(2);
  });

  test('fail for all who waited, and are asked for again', async () => {
    const values = createCachedValues<string>({ cache: openCache('memory:'), ...kind });
    const broken = source();
    const waiting = Promise.allSettled([values.load(['a'], broken.ask), values.load(['a'], broken.ask)]);
    broken.fail(new Error('away'));
    expect((await waiting).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const well = source();
    well.open();
    expect(await values.load(['a'], well.ask)).toEqual(new Map([['a', 'value of a']]));
  });

  test('of another version are not seen', async () => {
    const cache = openCache('memory:');
    const { ask, open } = source();
    open();
    await createCachedValues<string>({ cache, ...kind }).load(['a'], ask);
    expect(await createCachedValues<string>({ cache, ...kind }).cached(['a'])).toHaveProperty('size', 1);
    expect(await createCachedValues<string>({ cache, ...kind, version: 2 }).cached(['a'])).toHaveProperty('size', 0);
  });
});
