import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { textSchema } from './values.ts';

describe('a line of text', () => {
  test.each([
    ['line and paragraph separators become spaces', 'Ada\u2028Injected\u2029line', 'Ada Injected line'],
    ['what turns the direction of writing is dropped', 'A\u202eevil\u202c \u2066B\u2069\u200f', 'Aevil B'],
    [
      'letters of every script stay, with what joins them',
      ' نیم\u200cفاصله 神隠し 👩\u200d🚀 ',
      'نیم\u200cفاصله 神隠し 👩\u200d🚀',
    ],
  ])('is folded: %s', (_what, given, kept) => {
    expect(textSchema(120).parse(given)).toBe(kept);
  });

  test.each([
    ['a line break', 'a\nb'],
    ['a NUL', 'a\0b'],
    ['half a surrogate pair', 'a\ud800'],
    ['nothing but what is folded away', '\u2028\u202e'],
  ])('with %s is refused', (_what, given) => {
    expect(textSchema(120).safeParse(given).success).toBe(false);
  });

  test('can be described as JSON Schema', () => {
    expect(z.toJSONSchema(textSchema(120))).toMatchObject({ type: 'string', minLength: 1, maxLength: 120 });
  });
});
