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

  test.each([
    [0.2, 'in 1 second', 'in 1 Sekunde'],
    [12, 'in 12 seconds', 'in 12 Sekunden'],
    [119, 'in 119 seconds', 'in 119 Sekunden'],
    [121, 'in 3 minutes', 'in 3 Minuten'],
    [7_200, 'in 2 hours', 'in 2 Stunden'],
    [200_000, 'in 3 days', 'in 3 Tagen'],
  ])('tells a wait of %d seconds, rounded up', (seconds, english, german) => {
    expect([formatsOf('en-US').wait(seconds), formatsOf('de-DE').wait(seconds)]).toEqual([english, german]);
  });

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
