import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fakeClock } from '../../kit/testing/fake-clock.ts';
import { type TestDatabase, testDatabase } from '../../kit/testing/postgres.ts';
import { createIdempotencyKeys, type IdempotencyKeys } from './idempotency-keys.ts';

const clock = fakeClock();
let postgres: TestDatabase;
let keys: IdempotencyKeys;
beforeAll(async () => {
  postgres = await testDatabase(new URL('./migrations', import.meta.url));
  keys = createIdempotencyKeys({ sql: postgres.database, clock });
});
afterAll(() => postgres.drop());

let made = 0;
const newKey = () => ({ owner: 'usr_ada', sessionId: 'ses_ada' as string | null, key: `key-${++made}` });
const finish = ({ key }: { key: string }, orderId: string) =>
  postgres.database.query('UPDATE idempotency_keys SET order_id = $2 WHERE key = $1', [key, orderId]);

describe('an idempotency key', () => {
  test('is taken by exactly one of 50 requests at once', async () => {
    const key = newKey();
    const claims = await Promise.all(Array.from({ length: 50 }, () => keys.claim({ ...key, fingerprint: 'print' })));
    expect(claims.filter(({ outcome }) => outcome === 'claimed')).toHaveLength(1);
    expect(claims.filter(({ outcome }) => outcome === 'in-flight')).toHaveLength(49);
  });

  test('gives its order to every later request with the same body', async () => {
    const key = newKey();
    await keys.claim({ ...key, fingerprint: 'print' });
    await finish(key, 'ord_1');
    expect(await keys.claim({ ...key, fingerprint: 'print' })).toEqual({ outcome: 'done', orderId: 'ord_1' });
    clock.advance(3_600_000);
    expect(await keys.claim({ ...key, fingerprint: 'print' })).toEqual({ outcome: 'done', orderId: 'ord_1' });
  });

  test.each([
    ['while the first request works', false],
    ['after the order was placed', true],
  ])('is refused for another body %s', async (_when, isDone) => {
    const key = newKey();
    await keys.claim({ ...key, fingerprint: 'print' });
    if (isDone) await finish(key, 'ord_2');
    expect(await keys.claim({ ...key, fingerprint: 'another print' })).toEqual({ outcome: 'other-body' });
  });

  test('of another owner is another key', async () => {
    const [key, bob] = [newKey(), { owner: 'usr_bob', sessionId: 'ses_bob' }];
    await keys.claim({ ...key, fingerprint: 'print' });
    expect(await keys.claim({ ...key, ...bob, fingerprint: 'another print' })).toEqual({
      outcome: 'claimed',
      attempt: 1,
      carts: [],
    });
  });

  const [signedOut, signedIn, elsewhere] = [
    { owner: 'ses_ada', sessionId: 'ses_ada' },
    { owner: 'usr_ada', sessionId: 'ses_ada' },
    { owner: 'usr_ada', sessionId: null },
  ];
  test.each([
    ['signed in since', signedOut, signedIn],
    ['signed out since', signedIn, signedOut],
    ['changed the device since', signedIn, elsewhere],
    ['signed in since and got another session', signedOut, { owner: 'usr_ada', sessionId: 'ses_new' }],
  ])('is the same key for a caller who has %s', async (_what, first, then) => {
    const key = newKey();
    await keys.claim({ ...key, ...first, fingerprint: 'print' });
    expect(await keys.claim({ ...key, ...then, fingerprint: 'print' })).toEqual({ outcome: 'in-flight' });
    await finish(key, 'ord_4');
    expect(await keys.claim({ ...key, ...then, fingerprint: 'print' })).toEqual({ outcome: 'done', orderId: 'ord_4' });
  });

  test.each([
    ['signed in since', signedOut, signedIn],
    ['signed out since', signedIn, signedOut],
    ['changed the device since', signedIn, elsewhere],
  ])('is refused for another body of a caller who has %s', async (_what, first, then) => {
    const key = newKey();
    await keys.claim({ ...key, ...first, fingerprint: 'print' });
    expect(await keys.claim({ ...key, ...then, fingerprint: 'other' })).toEqual({ outcome: 'other-body' });
  });

  test('is taken by one of many tries that are signed in, signed out and elsewhere at once', async () => {
    const key = newKey();
    const callers = Array.from({ length: 30 }, (_, n) => [signedOut, signedIn, elsewhere][n % 3]);
    const claims = await Promise.all(callers.map((caller) => keys.claim({ ...key, ...caller, fingerprint: 'print' })));
    expect(claims.filter(({ outcome }) => outcome === 'claimed')).toHaveLength(1);
  });

  test('of a request that died is taken over by one other, with a higher attempt', async () => {
    const key = newKey();
    expect(await keys.claim({ ...key, fingerprint: 'print' })).toEqual({ outcome: 'claimed', attempt: 1, carts: [] });
    clock.advance(19_000);
    expect(await keys.claim({ ...key, fingerprint: 'print' })).toEqual({ outcome: 'in-flight' });
    clock.advance(2_000);
    const claims = await Promise.all(Array.from({ length: 10 }, () => keys.claim({ ...key, fingerprint: 'print' })));
    expect(claims.filter(({ outcome }) => outcome === 'claimed')).toEqual([
      { outcome: 'claimed', attempt: 2, carts: [] },
    ]);
  });

  test('that was given back after a refusal can be used with a corrected body', async () => {
    const key = newKey();
    await keys.claim({ ...key, fingerprint: 'print' });
    await keys.giveBack({ ...key, fingerprint: 'print' }, 1);
    expect(await keys.claim({ ...key, fingerprint: 'corrected' })).toEqual({
      outcome: 'claimed',
      attempt: 1,
      carts: [],
    });
  });

  test('is not given back by a request that lost it, nor once it has an order', async () => {
    const key = newKey();
    await keys.claim({ ...key, fingerprint: 'print' });
    clock.advance(21_000);
    await keys.claim({ ...key, fingerprint: 'print' });
    await keys.giveBack({ ...key, fingerprint: 'print' }, 1);
    expect(await keys.claim({ ...key, fingerprint: 'print' })).toEqual({ outcome: 'in-flight' });
    await finish(key, 'ord_3');
    await keys.giveBack({ ...key, fingerprint: 'print' }, 2);
    expect(await keys.claim({ ...key, fingerprint: 'print' })).toEqual({ outcome: 'done', orderId: 'ord_3' });
  });

  test('is forgotten when it is old, and not before', async () => {
    const [old, young] = [newKey(), newKey()];
    await keys.claim({ ...old, fingerprint: 'print' });
    clock.advance(2 * 86_400_000);
    await keys.claim({ ...young, fingerprint: 'print' });
    await keys.forget(1);
    expect(await keys.claim({ ...old, fingerprint: 'another print' })).toEqual({
      outcome: 'claimed',
      attempt: 1,
      carts: [],
    });
    expect(await keys.claim({ ...young, fingerprint: 'another print' })).toEqual({ outcome: 'other-body' });
  });
});
