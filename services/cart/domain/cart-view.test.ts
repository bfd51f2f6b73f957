import { describe, expect, it } from '@jest/globals';
import { cartSchema, exampleCartVersion, maxLines, maxQuantity } from '../../contracts/http/cart-api.ts';
import { maxAmount } from '../../contracts/http/values.ts';
import { fakeIds } from '../../kit/testing/ids.ts';
import { viewCart } from './cart-view.ts';
import type { ProductKnowledge } from './product-knowledge.ts';

const ids = fakeIds();
const [apple, pear] = [ids.next('prd'), ids.next('prd')];
const snippet = (amount: number, stock = 10, currency = 'USD'): ProductKnowledge => ({
  title: 'A film',
  price: { amount, currency },
  stock,
});

const view = (...known: (readonly [string, number, ProductKnowledge])[]) =>
  viewCart(
    {
      lines: known.map(([productId, quantity]) => ({ productId, quantity })),
      updatedAt: new Date(0),
    },
    new Map(known.map(([productId, , knowledge]) => [productId, knowledge])),
    exampleCartVersion,
  );

describe('a cart as its owner sees it', () => {
  it('multiplies and adds the prices of the catalogue', () => {
    const shown = view([apple, 2, snippet(150)], [pear, 1, snippet(999)]);
    expect(shown.items.map(({ lineTotal }) => lineTotal?.amount)).toEqual([300, 999]);
    expect(shown).toMatchObject({ total: { amount: 1299, currency: 'USD' }, degraded: false });
    expect(cartSchema.parse(shown)).toEqual(shown);
  });

  it('still adds up exactly when it is as large as carts and prices get', () => {
    const most = Array.from({ length: maxLines }, () => [ids.next('prd'), maxQuantity, snippet(maxAmount)] as const);
    const shown = view(...most);
    expect(shown.total?.amount).toBe(maxLines * maxQuantity * maxAmount);
    expect(Number.isSafeInteger(shown.total?.amount)).toBe(true);
    expect(cartSchema.parse(shown)).toEqual(shown);
  });

  it('says when there are fewer units than wanted', () => {
    const shown = view([apple, 3, snippet(100, 2)], [pear, 3, snippet(100, 3)]);
    expect(shown.items.map(({ available }) => available)).toEqual([false, true]);
  });

  it('shows a product that left the catalogue as not available, and counts the others', () => {
    const shown = view([apple, 1, 'unknown'], [pear, 1, snippet(999)]);
    expect(shown.items[0]).toMatchObject({ title: null, unitPrice: null, available: false });
    expect(shown).toMatchObject({ total: { amount: 999 }, degraded: false });
  });

  it('has no total while a price cannot be had, and says that it is degraded', () => {
    const shown = view([apple, 1, 'unreachable'], [pear, 1, snippet(999)]);
    expect(shown.items[0]).toMatchObject({ quantity: 1, title: null, lineTotal: null, available: null });
    expect(shown).toMatchObject({ total: null, degraded: true });
  });

  it('has no total across currencies', () => {
    expect(view([apple, 1, snippet(1)], [pear, 1, snippet(1, 1, 'EUR')]).total).toBeNull();
  });

  it('is empty without a cart', () => {
    const version = exampleCartVersion;
    const empty = { items: [], total: null, notice: null, version, degraded: false, updatedAt: null };
    expect(viewCart(undefined, new Map(), version)).toEqual(empty);
  });
});
