import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fakeIds } from '../../kit/testing/ids.ts';
import { titleKey } from '../domain/title-key.ts';
import { decodeCursor, encodeCursor } from './product-cursor.ts';

const id = fakeIds().next('prd');

describe('the cursor of a list of products', () => {
  it('fits the door for every title, and comes back as it went', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (title) => {
        const position = { sort: 'title', key: titleKey(title), id } as const;
        const cursor = encodeCursor(position);
        expect(cursor.length).toBeLessThanOrEqual(200);
        expect(decodeCursor(cursor)).toEqual(position);
      }),
    );
  });

  const made = (position: unknown[]) => Buffer.from(JSON.stringify(position)).toString('base64url');
  it.each([
    '',
    'x',
    'W10',
    'bm90IGpzb24',
    made(['title', 7, id]),
    made(['title', '\0', id]),
    made(['title', '\ud800', id]),
  ])('is refused when it is %p', (cursor) => {
    expect(() => decodeCursor(cursor)).toThrow(expect.objectContaining({ code: 'request.invalid' }));
  });
});
