import { expect, test } from '@jest/globals';
import { countLimits } from './count-limits.ts';
import { exceeded, purchaseCost, type Reading } from './purchase-cost.ts';

const reading = (parts: Partial<Reading> = {}): Reading => ({
  database: { transactions: { orders: 100, carts: 50, users: 7 }, walBytes: 1_000 },
  calls: { 'order PlaceOrder': 10, 'order OrderService/GetOrder': 30, 'cart POST /cart/items': 10 },
  ...parts,
});

const later = reading({
  database: { transactions: { orders: 180, carts: 62, users: 7 }, walBytes: 41_000 },
  calls: {
    'order PlaceOrder': 14,
    'order OrderService/GetOrder': 42,
    'cart POST /cart/items': 14,
    'payment Capture': 4,
  },
});

test('counters are divided by purchases, largest first, and what stood still is left out', () => {
  const cost = purchaseCost(reading(), later, 4);
  expect(cost).toEqual({
    transactions: 23,
    transactionsByDatabase: { orders: 20, carts: 3 },
    walBytes: 10_000,
    calls: 3,
    callsByName: { 'order PlaceOrder': 1, 'cart POST /cart/items': 1, 'payment Capture': 1 },
    buyerReads: 3,
  });
  expect(Object.keys(cost.transactionsByDatabase)).toEqual(['orders', 'carts']);
});

test('a service that started anew between the readings counts from nothing', () => {
  const { callsByName } = purchaseCost(reading(), { ...later, calls: { 'order PlaceOrder': 4 } }, 4);
  expect(callsByName).toEqual({ 'order PlaceOrder': 1 });
});

test('processor time is there where both readings have it', () => {
  const withTime = (order: number) => reading({ processorTime: { order, postgresql: 2 * order } });
  expect(purchaseCost(withTime(10), withTime(30), 4)).toMatchObject({
    processorMs: 15,
    processorMsByProcess: { postgresql: 10, order: 5 },
  });
  expect(purchaseCost(reading(), withTime(30), 4).processorMs).toBeUndefined();
});

test('without a purchase there is no cost', () => {
  expect(() => purchaseCost(reading(), later, 0)).toThrow('not one purchase was paid');
});

test('a count at its limit passes, and one above it is named with both figures', () => {
  const { transactions, calls } = countLimits;
  expect(exceeded({ transactions, calls })).toEqual([]);
  expect(exceeded({ transactions: transactions + 0.01, calls })).toEqual([
    `a guest purchase takes ${transactions + 0.01} transactions, and lib/bench/count-limits.ts allows ${transactions}`,
  ]);
  expect(exceeded({ transactions, calls: calls + 1 })).toHaveLength(1);
});
