import { describe, expect, test } from '@jest/globals';
import { differencesByKey, listDifferences } from './list-differences.ts';

const upTo = (count: number) => Array.from({ length: count }, (_, at) => at + 1);

describe('the differences of two lists', () => {
  test('are none when every item stands in its place', () => {
    expect(listDifferences(upTo(20_000), upTo(20_000))).toEqual([]);
    expect(listDifferences([], [])).toEqual([]);
  });

  test('count what is missing and what is too much, and name the first of them', () => {
    const actual = [...upTo(19_990).filter((number) => number % 5_000 !== 0), 7, 0];
    expect(listDifferences(actual, upTo(20_000))).toEqual([
      'lacks 13 of 20000: 5000, 10000, 15000 and 10 more',
      'has 2 too many: 7, 0',
    ]);
  });

  test('tell the first item that is out of order', () => {
    expect(listDifferences([1, 2, 4, 3], upTo(4))).toEqual([
      'is in another order: 4 stands where 3 should, at place 2',
    ]);
  });

  test('name their key, whether it is wanted or not, and only the first few', () => {
    expect(differencesByKey({ a: [1, 2], c: [3] }, { a: [1, 2], b: [9] })).toEqual([
      'b lacks 1 of 1: 9',
      'c has 1 too many: 3',
    ]);
    const wanted = Object.fromEntries(upTo(10).map((key) => [`k${key}`, [1]]));
    expect(differencesByKey({}, wanted)).toHaveLength(4);
    expect(differencesByKey({}, wanted).at(-1)).toBe('and 7 differences more');
    expect(differencesByKey(wanted, wanted)).toEqual([]);
  });
});
