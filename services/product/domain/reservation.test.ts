import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fakeIds } from '../../kit/testing/ids.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import { isReserved, requireLines, requireOrderId, type StockLine } from './reservation.ts';

const ids = fakeIds();
const line = (quantity = 1): StockLine => ({ productId: ids.next('prd'), quantity });

const pathOf = (action: () => unknown): string | undefined => {
  try {
    action();
  } catch (problem) {
    if (problem instanceof Refusal) return problem.errors?.[0]?.path;
    throw problem;
  }
  return undefined;
};

describe('the lines of a reservation', () => {
  it('come in the order in which stock is locked, whatever order they were given in', () => {
    const lines = Array.from({ length: 20 }, () => line());
    fc.assert(
      fc.property(fc.shuffledSubarray(lines, { minLength: lines.length }), (shuffled) => {
        expect(requireLines(shuffled)).toEqual(lines);
      }),
    );
  });

  it.each([
    ['no line', []],
    ['more than 100 lines', Array.from({ length: 101 }, () => line())],
    ['a product twice', ((twice) => [twice, twice])(line())],
  ])('are refused with %s', (_what, lines) => {
    expect(pathOf(() => requireLines(lines))).toBe('lines');
  });

  it.each([0, -1, 1.5, 10_001, Number.NaN, 2 ** 31])(
    'are refused with the quantity %p, naming the field',
    (quantity) => {
      expect(pathOf(() => requireLines([line(), line(quantity)]))).toBe('lines.1.quantity');
    },
  );

  it('are refused with an id of something else', () => {
    expect(pathOf(() => requireLines([{ productId: ids.next('ord'), quantity: 1 }]))).toBe('lines.0.productId');
  });
});

describe('a reservation', () => {
  it('needs the id of an order', () => {
    expect(pathOf(() => requireOrderId('ord_1'))).toBe('orderId');
  });

  it.each([
    ['reserved', true],
    ['committed', true],
    ['rejected', false],
    ['released', false],
  ] as const)('that is %s holds units: %p', (status, holds) => {
    expect(isReserved({ orderId: ids.next('ord'), status, shortages: [], reservedUntil: null })).toBe(holds);
  });
});
