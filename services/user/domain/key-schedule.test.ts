import { describe, expect, it } from '@jest/globals';
import { currentKey, type KeyTimes, missingKeys, retiredKeys } from './key-schedule.ts';

const day = 24 * 3_600_000;
const start = new Date('2026-01-01T00:00:00Z');
const at = (days: number) => new Date(start.getTime() + days * day);
const key = (kid: string, days: number): KeyTimes => ({ kid, signsFrom: at(days) });

describe('the schedule of signing keys', () => {
  it('begins with a key that signs now and one that follows in 30 days', () => {
    expect(missingKeys([], start)).toEqual([at(0), at(30)]);
  });

  it('needs nothing while a current and a next key exist', () => {
    expect(missingKeys([key('a', 0), key('b', 30)], at(29))).toEqual([]);
  });

  it('lets the next key sign from its time on and asks for its follower', () => {
    const keys = [key('a', 0), key('b', 30)];
    expect(currentKey(keys, at(29.99))?.kid).toBe('a');
    expect(currentKey(keys, at(30))?.kid).toBe('b');
    expect(missingKeys(keys, at(30))).toEqual([at(60)]);
  });

  it('publishes a key for an hour before it signs, even after a long time without rotation', () => {
    expect(missingKeys([key('a', 0), key('b', 30)], at(300))).toEqual([new Date(at(300).getTime() + 3_600_000)]);
  });

  it('makes a key that signs at once when only a future one is left', () => {
    expect(missingKeys([key('b', 30)], start)).toEqual([start]);
  });

  it('keeps the previous key and deletes the one before it an hour after the switch', () => {
    const keys = [key('a', 0), key('b', 30), key('c', 60), key('d', 90)];
    expect(retiredKeys(keys, at(60))).toEqual([]);
    expect(retiredKeys(keys, new Date(at(60).getTime() + 3_600_000))).toEqual(['a']);
  });

  it('always has a current key and, after the first rotation, three or four published ones, over ten years', () => {
    let keys: KeyTimes[] = [];
    let made = 0;
    const published = new Set<number>();
    for (let hours = 0; hours < 10 * 365 * 24; hours += 1) {
      const now = new Date(start.getTime() + hours * 3_600_000);
      keys = [...keys, ...missingKeys(keys, now).map((signsFrom) => ({ kid: `k${made++}`, signsFrom }))];
      const retired = retiredKeys(keys, now);
      keys = keys.filter(({ kid }) => !retired.includes(kid));
      if (hours > 30 * 24) published.add(currentKey(keys, now) ? keys.length : 0);
    }
    expect([...published].sort()).toEqual([3, 4]);
  });
});
