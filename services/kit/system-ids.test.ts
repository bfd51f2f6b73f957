import { describe, expect, test } from '@jest/globals';
import { createIds, systemIds } from './system-ids.ts';
import { fakeClock } from './testing/fake-clock.ts';
import { fakeIds } from './testing/ids.ts';
import { idPrefixes, isId } from './values/identifiers.ts';

describe('ids', () => {
  test('are a prefix and 26 characters that isId accepts', () => {
    for (const prefix of idPrefixes) {
      const id = systemIds.next(prefix);
      expect(id).toMatch(new RegExp(`^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`));
      expect(isId(prefix, id)).toBe(true);
    }
  });

  test('sort by the time at which they were made', () => {
    const clock = fakeClock('2026-01-01');
    const ids = createIds({ clock, randomBytes: (size) => new Uint8Array(size).fill(255) });
    const made = Array.from({ length: 50 }, () => {
      clock.advance(1_000_003);
      return ids.next('ord');
    });
    expect([...made].sort()).toEqual(made);
  });

  test('hold the whole of their time and randomness', () => {
    const ids = createIds({
      clock: { now: () => new Date(2 ** 48 - 1) },
      randomBytes: () => new Uint8Array(10).fill(255),
    });
    expect(ids.next('evt')).toBe('evt_7zzzzzzzzzzzzzzzzzzzzzzzzz');
  });

  test('are not repeated', () => {
    const made = new Set(Array.from({ length: 5_000 }, () => systemIds.next('evt')));
    expect(made.size).toBe(5_000);
  });

  test('of a test are the same in every run and sort in the order of making', () => {
    const [one, two] = [fakeIds(), fakeIds()];
    const made = [one.next('usr'), one.next('usr')];
    expect(made).toEqual([two.next('usr'), two.next('usr')]);
    expect([...made].sort()).toEqual(made);
    expect(isId('usr', made[0])).toBe(true);
  });

  test.each([
    undefined,
    null,
    12,
    '',
    'ord_',
    'usr_01arz3ndektsv4rrffq69g5fav',
    'ord_01ARZ3NDEKTSV4RRFFQ69G5FAV',
    'ord_81arz3ndektsv4rrffq69g5fav',
    'ord_01arz3ndektsv4rrffq69g5fal',
    'ord_01arz3ndektsv4rrffq69g5favx',
    'ord_01arz3ndektsv4rrffq69g5fav\n',
  ])('%p is not an order id', (value) => {
    expect(isId('ord', value)).toBe(false);
  });
});
