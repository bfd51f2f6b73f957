import { describe, expect, test } from '@jest/globals';
import { formatsOf } from './formats.ts';

describe('what a reader sees', () => {
  test.each([
    ['USD', 1_999, '19.99'],
    ['JPY', 1_999, '1,999'],
    ['KWD', 1_999, '1.999'],
    ['IQD', 1_999, '1.999'],
    ['LBP', 1_999, '19.99'],
    ['HUF', 1_999, '19.99'],
  ])(
    'of an amount in %s are the decimals of ISO 4217, whatever the browser thinks of them',
    (currency, amount, shown) => {
      expect(
        formatsOf('en-US')
          .money({ amount, currency })
          .replace(/[^\d.,]/g, ''),
      ).toBe(shown);
    },
  );

  test('follows the locale', () => {
    const german = formatsOf('de-DE');
    expect(german.money({ amount: 123_456, currency: 'EUR' })).toMatch(/^1\.234,56.€$/);
    expect([german.country('AT'), formatsOf('en-US').country('AT')]).toEqual(['Österreich', 'Austria']);
    expect(german.number(1_234.5)).toBe('1.234,5');
    expect(german.share(0.1234)).toMatch(/^12,3.%$/);
    expect(formatsOf('en-US').shortMoney({ amount: 123_456, currency: 'USD' })).toBe('$1.2K');
  });

  test('of a day is that day, wherever the reader is', () => {
    expect(formatsOf('en-US').day('2026-11-29')).toBe('Nov 29, 2026');
  });
});
