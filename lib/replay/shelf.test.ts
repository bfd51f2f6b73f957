import { describe, expect, test } from '@jest/globals';
import { createShelf } from './shelf.ts';

const usd = (amount: number) => ({ amount, currency: 'USD' });
const purchase = (units: number, cents: number) => ({ line: 1, customer: '00001', date: '1997-01-01', units, cents });

describe('the shelf', () => {
  test('gives the product whose price comes nearest to what was paid for one unit', () => {
    const shelf = createShelf([
      { id: 'cheap', price: usd(500), stock: 9 },
      { id: 'dear', price: usd(1500), stock: 9 },
    ]);
    expect(shelf.choose(purchase(2, 2600))).toEqual({ productId: 'dear', price: 1500 });
    expect(shelf.choose(purchase(1, 600))).toEqual({ productId: 'cheap', price: 500 });
  });

  test('takes products of one price in turn, and another price when they are gone', () => {
    const shelf = createShelf([
      { id: 'a', price: usd(500), stock: 1 },
      { id: 'b', price: usd(500), stock: 1 },
      { id: 'c', price: usd(900), stock: 1 },
    ]);
    expect(Array.from({ length: 3 }, () => shelf.choose(purchase(1, 500)).productId)).toEqual(['a', 'b', 'c']);
    expect(() => shelf.choose(purchase(1, 500))).toThrow('no product has 1 units left');
  });
});
