import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  addMoney,
  formatMoney,
  money,
  multiplyMoney,
  sameMoney,
  subtractMoney,
  sumMoney,
  toDecimal,
  zeroMoney,
} from './money.ts';

const amounts = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 });
const usd = amounts.map((amount) => money(amount, 'USD'));

describe('money', () => {
  test.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('refuses the amount %p', (amount) => {
    expect(() => money(amount, 'USD')).toThrow(RangeError);
  });

  test.each(['usd', 'US', 'DOLLAR', '', 'ZZZ'])('refuses the currency %p', (currency) => {
    expect(() => money(1, currency)).toThrow(/ISO 4217/);
  });

  test('never mixes currencies', () => {
    expect(() => addMoney(money(1, 'USD'), money(1, 'EUR'))).toThrow('cannot combine USD with EUR');
    expect(() => sumMoney([money(1, 'EUR')], 'USD')).toThrow(RangeError);
  });

  test('gives back what was added when it is subtracted', () => {
    fc.assert(fc.property(usd, usd, (a, b) => sameMoney(subtractMoney(addMoney(a, b), b), a)));
  });

  test('multiplies as often as it would add', () => {
    fc.assert(
      fc.property(usd, fc.integer({ min: 0, max: 50 }), (price, quantity) =>
        sameMoney(multiplyMoney(price, quantity), sumMoney(Array(quantity).fill(price), 'USD')),
      ),
    );
  });

  test.each([-1, 1.5, Number.NaN])('refuses the quantity %p', (quantity) => {
    expect(() => multiplyMoney(money(100, 'USD'), quantity)).toThrow(/quantity/);
  });

  test('refuses a sum beyond the safe integers instead of rounding it', () => {
    expect(() => addMoney(money(Number.MAX_SAFE_INTEGER, 'USD'), money(1, 'USD'))).toThrow(RangeError);
  });

  test('has one zero', () => {
    expect(Object.is(money(-0, 'USD').amount, 0)).toBe(true);
    expect(zeroMoney('JPY')).toEqual({ amount: 0, currency: 'JPY' });
  });
});

describe('money for people', () => {
  test.each([
    [123456, 'USD', '$1,234.56'],
    [450000, 'HUF', 'HUF\u00a04,500.00'],
    [1_500_000_000, 'IDR', 'IDR\u00a015,000,000.00'],
    [1234567, 'IQD', 'IQD\u00a01,234.567'],
    [1234, 'JPY', '¥1,234'],
    [1234, 'UGX', 'UGX\u00a01,234'],
    [12345, 'CLF', 'CLF\u00a01.2345'],
    [5, 'EUR', '€0.05'],
    [0, 'USD', '$0.00'],
    [-5, 'USD', '-$0.05'],
    [Number.MAX_SAFE_INTEGER, 'USD', '$90,071,992,547,409.91'],
    [1999, 'HRK', 'HRK\u00a019.99'],
  ])('%i minor units of %s are %s', (amount, currency, written) => {
    expect(formatMoney({ amount, currency })).toBe(written);
  });

  test('is exact as a decimal number, whatever the size and the currency', () => {
    const currencies = fc.constantFrom('USD', 'JPY', 'KWD', 'CLF');
    fc.assert(
      fc.property(fc.maxSafeInteger(), currencies, (amount, currency) => {
        const written = toDecimal({ amount, currency });
        expect(Number(written.replace('.', ''))).toBe(amount);
        expect(written).toMatch(/^-?\d+(\.\d+)?$/);
      }),
    );
  });
});
