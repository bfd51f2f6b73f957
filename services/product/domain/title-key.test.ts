import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { titleKey } from './title-key.ts';

describe('the sort key of a title', () => {
  it('puts titles in order whatever their letter case, accents and punctuation', () => {
    const titles = ['Zodiac', 'élan', 'Eagle Eye', '"Alien"', 'amélie'];
    const key = (title: string) => titleKey(title);
    expect(titles.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))).toEqual([
      '"Alien"',
      'amélie',
      'Eagle Eye',
      'élan',
      'Zodiac',
    ]);
  });

  it('never has more than 100 bytes, nor half a letter', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (title) => {
        const key = titleKey(title);
        expect(Buffer.byteLength(key)).toBeLessThanOrEqual(100);
        expect(Buffer.from(key).toString()).toBe(key);
      }),
    );
  });
});
