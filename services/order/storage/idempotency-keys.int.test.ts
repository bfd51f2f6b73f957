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
const newKey = () => ({ owner: 'usr_ada', key: `key-${++made}` });
const finish = ({ owner, key }: { owner: string; key: string }, orderId: string) =>
  postgres.database.query('UPDATE idempotency_keys SET order_id = $3 WHERE owner = $1 AND key = $2', [
    owner,
    key,
    orderId,
  ]);

describe('an idempotency key', () => {
  test('is taken by exactly one of 50 requests at once', async () => {
    const key = newKey();
    const claims = await Promise.all(Array.from({ length: 50 }, () => keys.claim(key, 'print')));
    expect(claims.filter(({ outcome }) => outcome === 'claimed')).toHaveLength(1);
    expect(claims.filter(({ outcome }) => outcome === 'in-flight')).toHaveLength(49);
  });

  test('gives its order to every later request with the same body', async () => {
    const key = newKey();
    await keys.claim(key, 'print');
    await finish(key, 'ord_1');
    expect(await keys.claim(key, 'print')).toEqual({ outcome: 'done', orderId: 'ord_1' });
    clock.advance(3_600_000);
    expect(await keys.claim(key, 'print')).toEqual({ outcome: 'done', orderId: 'ord_1' });
  });

  test.each([
    ['while the first request works', false],
    ['after the order was placed', true],
  ])('is refused for another body %s', async (_when, isDone) => {
    const key = newKey();
    await keys.claim(key, 'print');
    if (isDone) await finish(key, 'ord_2');
    expect(await keys.claim(key, 'another print')).toEqual({ outcome: 'other-body' });
  });

  test('of another owner is another key', async () => {
    const key = newKey();
    await keys.claim(key, 'print');
    expect(await keys.claim({ ...key, owner: 'usr_bob' }, 'another print')).toEqual({ outcome: 'claimed', attempt: 1 });
  });

  test('of a request that died is taken over by one other, with a higher attempt', async () => {
    const key = newKey();
    expect(await keys.claim(key, 'print')).toEqual({ outcome: 'claimed', attempt: 1 });
    clock.advance(19_000);
    expect(await keys.claim(key, 'print')).toEqual({ outcome: 'in-flight' });
    clock.advance(2_000);
    const claims = await Promise.all(Array.from({ length: 10 }, () => keys.claim(key, 'print')));
    expect(claims.filter(({ outcome }) => outcome === 'claimed')).toEqual([{ outcome: 'claimed', attempt: 2 }]);
  });

  test('that was given back after a refusal can be used with a corrected body', async () => {
    const key = newKey();
    await keys.claim(key, 'print');
    await keys.giveBack(key, 1);
    expect(await keys.claim(key, 'corrected')).toEqual({ outcome: 'claimed', attempt: 1 });
  });

  test('is not given back by a request that lost it, nor once it has an order', async () => {
    const key = newKey();
    await keys.claim(key, 'print');
    clock.advance(21_000);
    await keys.claim(key, 'print');
    await keys.giveBack(key, 1);
    expect(await keys.claim(key, 'print')).toEqual({ outcome: 'in-flight' });
    await finish(key, 'ord_3');
    await keys.giveBack(key, 2);
    expect(await keys.claim(key, 'print')).toEqual({ outcome: 'done', orderId: 'ord_3' });
  });

  test('is forgotten when it is old, and not before', async () => {
    const [old, young] = [newKey(), newKey()];
    await keys.claim(old, 'print');
    clock.advance(2 * 86_400_000);
    await keys.claim(young, 'print');
    await keys.forget(1);
    expect(await keys.claim(old, 'another print')).toEqual({ outcome: 'claimed', attempt: 1 });
    expect(await keys.claim(young, 'another print')).toEqual({ outcome: 'other-body' });
  });
});
