import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fitPage } from './fit-page.ts';

const bytes = (items: readonly string[]) =>
  items.reduce((sum, item) => sum + Buffer.byteLength(JSON.stringify(item)), 0);
const large = 'é'.repeat(100_000);

describe('a page', () => {
  test('has as many items as were asked for, and says whether more follow', () => {
    expect(fitPage(['a', 'b', 'c'], 2)).toEqual({ items: ['a', 'b'], hasMore: true });
    expect(fitPage(['a', 'b'], 2)).toEqual({ items: ['a', 'b'], hasMore: false });
    expect(fitPage([], 2)).toEqual({ items: [], hasMore: false });
  });

  test('ends before it is too large to be sent, and has one item at least', () => {
    const { items, hasMore } = fitPage([large, large, large, large], 100);
    expect([items.length, hasMore]).toEqual([2, true]);
    expect(fitPage(['x'.repeat(2 ** 20), 'b'], 2)).toEqual({ items: ['x'.repeat(2 ** 20)], hasMore: true });
  });

  test('leaves out nothing in the end, whatever the sizes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 300_000 }), { maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        (sizes, limit) => {
          const all = sizes.map((size) => 'x'.repeat(size));
          const seen: string[] = [];
          for (;;) {
            const { items, hasMore } = fitPage(all.slice(seen.length, seen.length + limit + 1), limit);
            expect(items.length <= 1 || bytes(items) <= 2 ** 19).toBe(true);
            seen.push(...items);
            if (!hasMore) break;
          }
          expect(seen).toEqual(all);
        },
      ),
      { numRuns: 30 },
    );
  });
});
