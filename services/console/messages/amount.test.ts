import { expect, test } from '@jest/globals';
import { amountOf } from './amount.ts';

test.each([
  ['12.99', 'USD', 1299],
  ['12,99', 'EUR', 1299],
  [' 12.9 ', 'USD', 1290],
  ['12', 'USD', 1200],
  ['12', 'JPY', 12],
  ['1.234', 'KWD', 1234],
  ['12.999', 'USD', undefined],
  ['12.5', 'JPY', undefined],
  ['1,299.00', 'USD', undefined],
  ['-1', 'USD', undefined],
  ['1e3', 'USD', undefined],
  ['', 'USD', undefined],
])('%s of %s is %s in minor units', (text, currency, amount) => {
  expect(amountOf(text, currency)?.amount).toBe(amount);
});
