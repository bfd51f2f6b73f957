import { describe, expect, test } from '@jest/globals';
import { orderDoors } from '../../contracts/http/order-doors.ts';
import { promised, verdictOn } from './authorisation.ts';
import { callers } from './people.ts';
import { shopDoors } from './shop-doors.ts';

const answer = (status: number, code?: string) => ({
  status,
  code,
  text: '',
  headers: new Headers(),
  json: <Body>() => ({}) as Body,
});
const owned = { reachedBy: ['owner', 'staff', 'admin'] } as const;
const doorAt = (name: string) => {
  const found = shopDoors.find((door) => door.name === name);
  if (!found) throw new Error(`no door ${name}`);
  return found;
};

describe('what the tables promise', () => {
  test.each([
    ['productDoors.list', undefined, Array(7).fill('admitted')],
    ['orderDoors.find', owned, ['unauthenticated', 'hidden', 'hidden', 'admitted', 'hidden', 'admitted', 'admitted']],
    [
      'orderDoors.ship',
      undefined,
      ['unauthenticated', 'unauthenticated', 'unauthenticated', 'forbidden', 'forbidden', 'admitted', 'admitted'],
    ],
    [
      'staffDoors.add',
      undefined,
      ['unauthenticated', 'unauthenticated', 'unauthenticated', 'forbidden', 'forbidden', 'forbidden', 'admitted'],
    ],
    ['cartDoors.show', undefined, Array(7).fill('admitted')],
  ] as const)('%s', (name, owner, verdicts) => {
    expect(callers.map((caller) => promised(doorAt(name), caller, owner))).toEqual(verdicts);
  });

  test('covers every door of a table', () => {
    const named = shopDoors.filter(({ name }) => name.startsWith('orderDoors.'));
    expect(named).toHaveLength(Object.keys(orderDoors).length);
  });
});

describe('an answer', () => {
  test.each([
    [answer(200), 'admitted'],
    [answer(401, 'token.missing'), 'unauthenticated'],
    [answer(401, 'auth.invalid-credentials'), 'admitted'],
    [answer(403, 'caller.not-admin'), 'forbidden'],
    [answer(404, 'order.unknown'), 'hidden'],
    [answer(409, 'order.not-cancellable'), 'admitted'],
  ] as const)('%#', (given, verdict) => {
    expect(verdictOn(given, owned)).toBe(verdict);
  });

  test('that is a failure is never a verdict', () => {
    expect(() => verdictOn(answer(500), undefined)).toThrow(/failed/);
  });
});
