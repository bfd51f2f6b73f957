import { describe, expect, test } from '@jest/globals';
import { nextTry, type Obstacle } from './postponement.ts';

const since = new Date('2026-03-01T10:00:00Z');
const secondsUntil = (obstacle: Obstacle, tries: number, waitedMs = 0, chance = 0.999_999) => {
  const now = new Date(since.getTime() + waitedMs);
  const next = nextTry(obstacle, { tries, since, now, chance });
  return next && Math.round((next.getTime() - now.getTime()) / 1000);
};
const away: Obstacle = { kind: 'away', problem: 'no connection' };
const failed: Obstacle = { kind: 'failed', problem: 'mailbox full' };

describe('a mail that could not go out', () => {
  test('is tried soon at first, and every minute while the sender is away', () => {
    expect([0, 1, 2, 5, 6, 500].map((tries) => secondsUntil(away, tries))).toEqual([2, 4, 8, 60, 60, 60]);
  });

  test('is tried every hour where the mail itself is what fails', () => {
    expect([0, 11, 50].map((tries) => secondsUntil(failed, tries))).toEqual([2, 3600, 3600]);
  });

  test('does not come back in step with others that failed at the same moment', () => {
    expect([0, 0.5, 0.999_999].map((chance) => secondsUntil(away, 2, 0, chance))).toEqual([4, 6, 8]);
  });

  test('waits until a moment that is known', () => {
    const until = new Date(since.getTime() + 20_000);
    expect(secondsUntil({ kind: 'until', why: 'held', until }, 0)).toBe(20);
  });

  test('is given up after three days', () => {
    expect(secondsUntil(away, 900, 3 * 86_400_000)).toBe(60);
    expect(secondsUntil(away, 900, 3 * 86_400_000 + 1)).toBeUndefined();
  });
});
