import { describe, expect, test } from '@jest/globals';
import { currencyDecimals, isCurrency } from './currencies.ts';

describe('a currency', () => {
  test.each([
    ['USD', 2],
    ['HUF', 2],
    ['IDR', 2],
    ['LBP', 2],
    ['JPY', 0],
    ['ISK', 0],
    ['UGX', 0],
    ['XOF', 0],
    ['IQD', 3],
    ['KWD', 3],
    ['TND', 3],
    ['CLF', 4],
  ])('%s has %i decimals, as ISO 4217 says', (code, decimals) => {
    expect(isCurrency(code)).toBe(true);
    expect(currencyDecimals(code)).toBe(decimals);
  });

  test.each(['usd', 'US', 'DOLLAR', '', 'ZZZ', 'XAU', 'XTS', 'XXX', 'DEM', 'constructor'])('is not %p', (code) => {
    expect(isCurrency(code)).toBe(false);
    expect(() => currencyDecimals(code)).toThrow('ISO 4217');
  });

  test('that was withdrawn is known for older orders, and nothing is priced in it', () => {
    expect(isCurrency('HRK')).toBe(false);
    expect(currencyDecimals('HRK')).toBe(2);
  });
});
