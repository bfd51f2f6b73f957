import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { cartEventSchema } from '../../contracts/events/cart-events.ts';
import { fakeClock } from '../../kit/testing/fake-clock.ts';
import { fakeIds } from '../../kit/testing/ids.ts';
import { type TestDatabase, testDatabase } from '../../kit/testing/postgres.ts';
import { addLine } from '../domain/cart.ts';
import { changedByHand } from '../domain/cart-fact.ts';
import { sessionOwner } from '../domain/cart-owner.ts';
import { createCartRepository } from '../storage/cart-repository.ts';
import { cartVersion } from './cart-version.ts';
import { expireCarts, markAbandonedCarts } from './sweep-carts.ts';

const clock = fakeClock();
const ids = fakeIds(clock);
const minute = 60_000;
const day = 24 * 60 * minute;
let test: TestDatabase;
let abandonedFigure = 0;

const effectsOn = (database: TestDatabase['database']) => ({
  carts: createCartRepository({ database, clock, ids, onChange: async () => undefined }),
  clock,
  figures: {
    cartCreated: () => undefined,
    checkedOut: () => undefined,
    cartValued: () => undefined,
    cartsAbandoned: (count: number) => {
      abandonedFigure += count;
    },
  },
});

beforeAll(async () => {
  test = await testDatabase(new URL('../storage/migrations', import.meta.url));
});
afterAll(() => test.drop());
beforeEach(async () => {
  clock.advance(100 * day);
  await expireCarts(effectsOn(test.database), 30);
  abandonedFigure = 0;
});

const fill = async (sessionId = ids.next('ses'), productId = ids.next('prd')) => {
  const { carts } = effectsOn(test.database);
  const { cart } = await carts.change(sessionOwner(sessionId), (lines) =>
    changedByHand(addLine(lines, { productId, quantity: 1 })),
  );
  return { id: cart.id, sessionId, productId };
};

const eventsOf = async (cartId: string) => {
  const { rows } = await test.database.query<{ payload: { type: string; sequence: number; data: object } }>(
    'SELECT payload FROM outbox WHERE aggregateid = $1 ORDER BY position',
    [cartId],
  );
  for (const { payload } of rows) expect(cartEventSchema.safeParse(payload).error).toBeUndefined();
  return rows.map(({ payload }) => payload);
};

describe('a filled cart', () => {
  it('counts as abandoned after the time, not before, once, by one of several replicas', async () => {
    const cart = await fill();
    clock.advance(60 * minute - 1);
    expect(await markAbandonedCarts(effectsOn(test.database), 60)).toBe(0);
    clock.advance(1);
    const counts = await Promise.all([1, 2, 3].map(() => markAbandonedCarts(effectsOn(test.open()), 60)));
    expect(counts.reduce((sum, count) => sum + count)).toBe(1);
    expect(abandonedFigure).toBe(1);
    clock.advance(day);
    expect(await markAbandonedCarts(effectsOn(test.database), 60)).toBe(0);
    expect((await eventsOf(cart.id)).at(-1)).toMatchObject({
      type: 'cart.abandoned.v1',
      sequence: 3,
      data: {
        cartId: cart.id,
        userId: null,
        items: 1,
        version: cartVersion([{ productId: cart.productId, quantity: 1 }]),
      },
    });
  });

  it('is told with the version that its owner sees, whatever it holds', async () => {
    const sessionId = ids.next('ses');
    const { carts } = effectsOn(test.database);
    for (const quantity of [3, 12, 99, 1])
      await carts.change(sessionOwner(sessionId), (lines) =>
        changedByHand(addLine(lines, { productId: ids.next('prd'), quantity })),
      );
    const cart = await carts.find(sessionOwner(sessionId));
    clock.advance(day);
    await markAbandonedCarts(effectsOn(test.database), 60);
    expect((await eventsOf(cart?.id ?? '')).at(-1)?.data).toMatchObject({
      items: 4,
      version: cartVersion(cart?.lines ?? []),
    });
  });

  it('can be abandoned again after its owner came back', async () => {
    const cart = await fill();
    clock.advance(61 * minute);
    await markAbandonedCarts(effectsOn(test.database), 60);
    await fill(cart.sessionId);
    expect(await markAbandonedCarts(effectsOn(test.database), 60)).toBe(0);
    clock.advance(61 * minute);
    expect(await markAbandonedCarts(effectsOn(test.database), 60)).toBe(1);
    expect((await eventsOf(cart.id)).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5]);
  });

  it('that is empty is not abandoned', async () => {
    const { sessionId } = await fill();
    const { carts } = effectsOn(test.database);
    await carts.change(sessionOwner(sessionId), (lines) =>
      changedByHand(lines.map(({ productId }) => ({ productId, quantity: 0 }))),
    );
    clock.advance(day);
    expect(await markAbandonedCarts(effectsOn(test.database), 60)).toBe(0);
  });

  it('is marked in batches, however many there are', async () => {
    await Promise.all(Array.from({ length: 230 }, () => fill()));
    clock.advance(day);
    expect(await markAbandonedCarts(effectsOn(test.database), 60)).toBe(230);
  });
});

describe('a cart', () => {
  it('expires after days without a change, and its owner can begin a new one', async () => {
    const cart = await fill();
    const { carts } = effectsOn(test.database);
    clock.advance(30 * day - 1);
    expect(await expireCarts(effectsOn(test.database), 30)).toBe(0);
    clock.advance(1);
    expect(await expireCarts(effectsOn(test.database), 30)).toBe(1);
    expect(await carts.find(sessionOwner(cart.sessionId))).toBeUndefined();
    expect((await eventsOf(cart.id)).at(-1)).toMatchObject({ type: 'cart.expired.v1', sequence: 3 });
    const next = await fill(cart.sessionId);
    expect(next.id).not.toBe(cart.id);
    expect((await eventsOf(next.id)).map(({ type }) => type)).toEqual(['cart.created.v1', 'cart.item-changed.v1']);
  });

  it('at the moment of a change is either kept with it or begun anew, never half', async () => {
    const carts = await Promise.all(Array.from({ length: 20 }, () => fill()));
    clock.advance(31 * day);
    const [, ...changed] = await Promise.all([
      expireCarts(effectsOn(test.database), 30),
      ...carts.map(({ sessionId, productId }) => fill(sessionId, productId)),
    ]);
    for (const { sessionId } of changed) {
      const found = await effectsOn(test.database).carts.find(sessionOwner(sessionId));
      expect([1, 2]).toContain(found?.lines[0]?.quantity);
    }
  });
});
