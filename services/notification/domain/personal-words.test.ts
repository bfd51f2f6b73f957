import { describe, expect, test } from '@jest/globals';
import { greetedName, plainLine } from './personal-words.ts';

describe('a name', () => {
  test.each([
    'Ada Lovelace',
    'Jean-Luc d’Arc',
    "Miles O'Brien",
    'J. R. R. Tolkien',
    'Łukasz',
    '宮崎 駿',
    'محمد',
    'Ms. St. John',
  ])('such as %s is greeted by', (name) => {
    expect(greetedName(name)).toBe(name);
  });

  test.each([
    ['an address of the web', 'Pay at https://evil.example/pay?id=1'],
    ['a message', 'Your parcel is held. Pay the fee within 24 hours or it goes back, call us at once please'],
    ['a telephone number', '+44 20 7946 0000'],
    ['HTML', 'Ada <Example>'],
    ['nothing but an address', 'www.evil.example'],
  ])('that is %s is not', (_what, name) => {
    const greeted = greetedName(name);
    expect(greeted ?? '').not.toMatch(/evil|http|hours|[<>\d]/);
  });

  test('that is missing is none', () => {
    expect(greetedName(null)).toBeNull();
  });
});

describe('a line of an address', () => {
  test.each([
    ['1 Long & Winding Road', '1 Long & Winding Road'],
    ['Hauptstr.12, 3.Stock', 'Hauptstr.12, 3. Stock'],
    ['go to evil.example now', 'go to evil. example now'],
    ['evil。example', 'evil. example'],
    ['https://evil.example/pay', ''],
    ['x HTTP://evil www.evil.example me@evil.example y', 'x y'],
  ])('%s is shown as %s', (line, shown) => {
    expect(plainLine(line)).toBe(shown);
  });
});
