import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fakeIds } from '../../kit/testing/ids.ts';
import {
  addLine,
  applyChanges,
  type CartLine,
  changeLine,
  clearLines,
  maxLines,
  maxQuantity,
  mergeLines,
  quantityOf,
  removeBought,
  removeLine,
} from './cart.ts';

const ids = fakeIds();
const products = Array.from({ length: 130 }, () => ids.next('prd'));
const [apple, pear] = products as [string, string];
const refusal = (code: string) => expect.objectContaining({ code });

/** Any cart that the rules allow. */
const anyLines = (least = 0, most = maxLines): fc.Arbitrary<CartLine[]> =>
  fc
    .shuffledSubarray(products, { minLength: least, maxLength: most })
    .chain((chosen) =>
      fc.tuple(
        ...chosen.map((productId) =>
          fc.record({ productId: fc.constant(productId), quantity: fc.integer({ min: 1, max: maxQuantity }) }),
        ),
      ),
    );

const isLawful = (lines: readonly CartLine[]) =>
  lines.length <= maxLines &&
  new Set(lines.map(({ productId }) => productId)).size === lines.length &&
  lines.every(({ quantity }) => quantity >= 1 && quantity <= maxQuantity);

describe('adding', () => {
  it('adds up with what is there', () => {
    expect(addLine([{ productId: apple, quantity: 2 }], { productId: apple, quantity: 3 })).toEqual([
      { productId: apple, quantity: 5 },
    ]);
  });

  it('is refused beyond 99 units of a product', () => {
    const lines = [{ productId: apple, quantity: 98 }];
    expect(addLine(lines, { productId: apple, quantity: 1 })).toEqual([{ productId: apple, quantity: 99 }]);
    expect(() => addLine(lines, { productId: apple, quantity: 2 })).toThrow(refusal('cart.line-full'));
  });

  it('is refused beyond 100 products, but not for one that is there', () => {
    const lines = products.slice(0, maxLines).map((productId) => ({ productId, quantity: 1 }));
    expect(() => addLine(lines, { productId: products[maxLines] as string, quantity: 1 })).toThrow(
      refusal('cart.full'),
    );
    expect(addLine(lines, { productId: apple, quantity: 1 })).toEqual([{ productId: apple, quantity: 2 }]);
  });
});

describe('changing', () => {
  it('sets the quantity, and does nothing when it is that already', () => {
    const lines = [{ productId: apple, quantity: 2 }];
    expect(changeLine(lines, { productId: apple, quantity: 7 })).toEqual([{ productId: apple, quantity: 7 }]);
    expect(changeLine(lines, { productId: apple, quantity: 2 })).toEqual([]);
  });

  it('needs a line that is there', () => {
    expect(() => changeLine([], { productId: apple, quantity: 1 })).toThrow(refusal('cart.line-missing'));
  });

  it('takes lines out one by one or all at once', () => {
    const lines = [apple, pear].map((productId) => ({ productId, quantity: 1 }));
    expect(applyChanges(lines, removeLine(lines, apple))).toEqual([{ productId: pear, quantity: 1 }]);
    expect(removeLine(lines, products[5] as string)).toEqual([]);
    expect(applyChanges(lines, clearLines(lines))).toEqual([]);
  });
});

describe('merging a guest cart', () => {
  it('adds quantities, ends at 99 units and 100 products, and loses nothing that the customer had', () => {
    fc.assert(
      fc.property(anyLines(), anyLines(), (own, guest) => {
        const merged = applyChanges(own, mergeLines(own, guest));
        expect(isLawful(merged)).toBe(true);
        for (const { productId, quantity } of own)
          expect(quantityOf(merged, productId)).toBe(Math.min(maxQuantity, quantity + quantityOf(guest, productId)));
        const all = new Set([...own, ...guest].map(({ productId }) => productId)).size;
        expect(merged).toHaveLength(Math.min(maxLines, all));
      }),
    );
  });
});

describe('what was bought', () => {
  it('goes, and what came in since stays', () => {
    fc.assert(
      fc.property(anyLines(1), anyLines(0, 20), (bought, since) => {
        const now = applyChanges(bought, mergeLines(bought, since));
        const rest = applyChanges(now, removeBought(now, bought));
        expect(isLawful(rest)).toBe(true);
        for (const { productId, quantity } of now)
          expect(quantityOf(rest, productId)).toBe(quantity - Math.min(quantity, quantityOf(bought, productId)));
      }),
    );
  });

  it('is nothing when the cart was cleared meanwhile', () => {
    expect(removeBought([], [{ productId: apple, quantity: 1 }])).toEqual([]);
  });
});
