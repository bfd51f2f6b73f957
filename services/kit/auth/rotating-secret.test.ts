import { describe, expect, test } from '@jest/globals';
import type { LoadSecret } from '../config/load-secret.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import { createRotatingSecret } from './rotating-secret.ts';

const [oldest, before, now, next] = ['oldest', 'before', 'now', 'next'].map((name) => name.padEnd(32, '-')) as [
  ...[string, string, string, string],
];

/** Finds out whether something that was signed with a value is accepted. */
const signedWith = (value: string) => (each: string) => (each === value ? `by ${value}` : undefined);

const missing = () =>
  Promise.reject(Object.assign(new Error('no such version'), { name: 'ResourceNotFoundException' }));

const rotating = (load?: LoadSecret, held = { secret: now, previousSecret: before }) => {
  const clock = fakeClock();
  const warnings: string[] = [];
  const logger = { warn: (_: unknown, sentence: string) => warnings.push(sentence) } as never;
  const secret = createRotatingSecret({ ...held, ...(load && { secretId: 'shop/KEY' }) }, { clock, logger, load });
  return { clock, secret, warnings };
};

describe('a secret that rotates', () => {
  test('signs with the newest value, and accepts that of before while it is set', async () => {
    const { secret } = rotating();
    expect(secret.newest).toBe(now);
    expect(await secret.accept(signedWith(now))).toBe(`by ${now}`);
    expect(await secret.accept(signedWith(before))).toBe(`by ${before}`);
    expect(await secret.accept(signedWith(oldest))).toBeUndefined();
  });

  test('accepts what a replica signed that was given the next value first, and asks once for all who wait', async () => {
    const asked: unknown[] = [];
    const { secret } = rotating(async (_, which = 'current') => {
      asked.push(which);
      return which === 'current' ? next : now;
    });
    const answers = Array.from({ length: 5 }, () => secret.accept(signedWith(next)));
    expect(new Set(await Promise.all(answers))).toEqual(new Set([`by ${next}`]));
    expect(asked.toSorted()).toEqual(['current', 'previous']);
    expect(await secret.accept(signedWith(now))).toBe(`by ${now}`);
  });

  test('is not asked for again and again by whoever makes signatures up', async () => {
    let looks = 0;
    const { clock, secret } = rotating(async (_, which) => {
      if (which === undefined) looks += 1;
      return now;
    });
    for (let i = 0; i < 20; i += 1) await secret.accept(signedWith('made up'));
    expect(looks).toBe(1);
    clock.advance(30_000);
    await secret.accept(signedWith('made up'));
    expect(looks).toBe(2);
  });

  test('does not accept the value of before any more once its label was taken off', async () => {
    const { secret } = rotating((_, which) => (which === 'previous' ? missing() : Promise.resolve(now)));
    await secret.accept(signedWith('made up'));
    expect(await secret.accept(signedWith(before))).toBeUndefined();
  });

  test.each([
    ['empty', ''],
    ['short', 'x'],
    ['a placeholder', '<your-secret-of-at-least-32-characters>'],
  ])('never counts a stored value that is %s', async (_case, stored) => {
    const { secret } = rotating(async () => stored);
    expect(await secret.accept(signedWith(stored))).toBeUndefined();
    expect(await secret.accept(signedWith(now))).toBe(`by ${now}`);
  });

  test('keeps what it knows while Secrets Manager does not answer, and says so', async () => {
    const { secret, warnings } = rotating(() => Promise.reject(new Error('away')));
    expect(await secret.accept(signedWith(next))).toBeUndefined();
    expect(await secret.accept(signedWith(before))).toBe(`by ${before}`);
    expect(warnings).toEqual([expect.stringContaining('could not be read again')]);
  });
});
