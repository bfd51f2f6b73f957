import { describe, expect, test } from '@jest/globals';
import { byDate, readPurchases } from './purchases.ts';

describe('the file of purchases', () => {
  test('is read line by line, money in cents', () => {
    expect(readPurchases(' 00004 0001 19970101  2   29.33\n\n 21713 2321 19970603 12    0.00\n')).toEqual([
      { line: 1, customer: '00004', date: '1997-01-01', units: 2, cents: 2933 },
      { line: 3, customer: '21713', date: '1997-06-03', units: 12, cents: 0 },
    ]);
  });

  test('is the whole data set as well, which has no numbers of a sample', () => {
    expect(readPurchases(' 00001 19970101  1   11.77\r\n')).toEqual([
      { line: 1, customer: '00001', date: '1997-01-01', units: 1, cents: 1177 },
    ]);
  });

  test('is refused with the number of the line that is no purchase', () => {
    expect(() => readPurchases(' 00004 0001 19970101  2   29.33\nno purchase')).toThrow('line 2 of the purchases');
  });

  test('is put in the order in which things happened, and keeps that of one day', () => {
    const purchases = readPurchases(
      ' 00001 0001 19970102  1   1.00\n 00002 0002 19970101  1   1.00\n 00003 0003 19970101  1   1.00\n',
    );
    expect(byDate(purchases).map(({ line }) => line)).toEqual([2, 3, 1]);
  });
});
