import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { linkLifetimeMs, mayMailLink } from './mailed-link.ts';

const now = new Date('2026-11-29T12:00:00Z');
const minutesAgo = (...minutes: number[]) => minutes.map((each) => new Date(now.getTime() - each * 60_000));

describe('a link', () => {
  it.each([
    ['at first', [], true],
    ['a minute after the first', [1], false],
    ['two minutes after the first', [2], true],
    ['two minutes after the second', [2, 4], true],
    ['two minutes after the third', [2, 4, 6], false],
    ['twenty minutes after the third', [20, 22, 24], true],
  ])('may be mailed or not: %s', (_title, minutes, may) => {
    expect(mayMailLink(minutesAgo(...minutes), now)).toBe(may);
  });

  it('is refused only while the last one lies in the mailbox and works for ten minutes more', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1440 }), { minLength: 1 }), (minutes) => {
        const recent = minutesAgo(...minutes.toSorted((one, other) => one - other));
        const [last = now] = recent;
        const leftMs = last.getTime() + linkLifetimeMs['reset-password'] - now.getTime();
        expect(mayMailLink(recent, now) || leftMs > 10 * 60_000).toBe(true);
      }),
    );
  });
});
