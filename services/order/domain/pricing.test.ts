import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { maxAmount } from '../../contracts/http/values.ts';
import { maxTotal, type PricedProduct, priceLines } from './pricing.ts';

const product = (id: string, amount: number, stock = 100, currency = 'USD'): PricedProduct => ({
  id,
  title: id,
  price: { amount, currency },
  stock,
});
const refusal = (code: string) => expect.objectContaining({ code });

describe('pricing', () => {
  test('the total is the sum of price times quantity, whatever is ordered', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ amount: fc.integer({ min: 0, max: 100_000 }), quantity: fc.integer({ min: 1, max: 99 }) }),
          { minLength: 1, maxLength: 50 },
        ),
        (wishes) => {
          const products = wishes.map(({ amount }, index) => product(`p${index}`, amount));
          const { lines, total } = priceLines(
            wishes.map(({ quantity }, index) => ({ productId: `p${index}`, quantity })),
            products,
          );
          expect(total.amount).toBe(wishes.reduce((sum, { amount, quantity }) => sum + amount * quantity, 0));
          expect(
            lines.every(({ unitPrice, quantity, lineTotal }) => lineTotal.amount === unitPrice.amount * quantity),
          ).toBe(true);
        },
      ),
    );
  });

  test('refuses unknown products and names each', () => {
    expect(() =>
      priceLines(
        [
          { productId: 'a', quantity: 1 },
          { productId: 'b', quantity: 1 },
        ],
        [product('a', 1)],
      ),
    ).toThrow(
      expect.objectContaining({
        code: 'order.product-unknown',
        errors: [expect.objectContaining({ path: 'items.1.productId' })],
      }),
    );
  });

  test('refuses more than is in stock, nothing at all, mixed currencies and totals beyond the limit', () => {
    expect(() => priceLines([{ productId: 'a', quantity: 3 }], [product('a', 1, 2)])).toThrow(
      refusal('order.out-of-stock'),
    );
    expect(() => priceLines([], [])).toThrow(refusal('order.cart-empty'));
    const mixed = [product('a', 1), product('b', 1, 5, 'EUR')];
    expect(() =>
      priceLines(
        [
          { productId: 'a', quantity: 1 },
          { productId: 'b', quantity: 1 },
        ],
        mixed,
      ),
    ).toThrow(refusal('order.mixed-currencies'));
    expect(() => priceLines([{ productId: 'a', quantity: 2 }], [product('a', maxTotal)])).toThrow(
      refusal('order.too-large'),
    );
  });

  test('knows the limit of the contract', () => {
    expect(maxTotal).toBe(maxAmount);
  });
});
