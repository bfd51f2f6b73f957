import { describe, expect, test } from '@jest/globals';
import { isNarrowed, productSearchOf, sortsOf } from './product-search.ts';

describe('a search in the address', () => {
  test('is read as it was written', () => {
    const search = { q: 'love', category: 'Drama', priceMin: 500, priceMax: 999, inStock: true, sort: 'newest' };
    expect(productSearchOf(search)).toEqual(search);
  });

  test('of a year is a text, as the router reads numbers', () => {
    expect(productSearchOf({ q: 1984 })).toEqual({ q: '1984' });
  });

  test.each([
    { priceMin: -1 },
    { priceMin: 0 },
    { priceMin: 9.99 },
    { priceMax: 'ten' },
    { priceMax: 1e15 },
    { inStock: false },
    { inStock: 'maybe' },
    { sort: 'colour' },
    { sort: 'title' },
    { sort: 'relevance' },
    { q: '   ' },
    { q: ['love'] },
  ])('that says %j says nothing', (asked) => {
    expect(productSearchOf(asked)).toEqual({});
  });

  test('sorts words by what fits best unless it says otherwise, and everything else by title', () => {
    expect([sortsOf({ q: 'love' })[0], sortsOf({})[0]]).toEqual(['relevance', 'title']);
    expect(productSearchOf({ q: 'love', sort: 'relevance' })).toEqual({ q: 'love' });
    expect(productSearchOf({ q: 'love', sort: 'title' })).toEqual({ q: 'love', sort: 'title' });
  });

  test('is narrowed by filters, not by words and order', () => {
    expect(
      [{ q: 'love', sort: 'newest' } as const, { priceMax: 0 }, { inStock: true } as const].map(isNarrowed),
    ).toEqual([false, true, true]);
  });
});
