import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fakeClock } from '../../kit/testing/fake-clock.ts';
import { fakeIds } from '../../kit/testing/ids.ts';
import { type TestDatabase, testDatabase } from '../../kit/testing/postgres.ts';
import { brokenSequences, brokenStock } from '../testing/stock-invariants.ts';
import { adjustStock } from '../use-cases/adjust-stock.ts';
import { createProduct } from '../use-cases/change-catalogue.ts';
import { commitStock } from '../use-cases/commit-stock.ts';
import { expireReservations } from '../use-cases/expire-reservations.ts';
import { releaseStock } from '../use-cases/release-stock.ts';
import { reserveStock } from '../use-cases/reserve-stock.ts';
import { createProductRepository } from './product-repository.ts';
import { createStockRepository } from './stock-repository.ts';

const clock = fakeClock();
const ids = fakeIds(clock);
let test: TestDatabase;

beforeAll(async () => {
  test = await testDatabase(new URL('./migrations', import.meta.url), { connections: 16 });
});
afterAll(() => test.drop());

const effectsOn = (database: TestDatabase['database']) => ({
  products: createProductRepository(database),
  stock: createStockRepository(database),
  clock,
  ids,
  ttlSeconds: 60,
});

const newProduct = async (stock: number) => {
  const details = {
    title: 'Slam',
    description: '',
    category: 'Drama',
    price: { amount: 1, currency: 'USD' },
    imageUrl: null,
    attributes: {},
  };
  const product = await createProduct(effectsOn(test.database), { details, stock, actor: 'somebody' });
  return product.id;
};

const stockOf = async (id: string) =>
  (
    await test.database.query(
      'SELECT free::int AS free, reserved::int AS reserved, sold::int AS sold FROM stock WHERE product_id = $1',
      [id],
    )
  ).rows[0];

describe('the stock', () => {
  it('keeps its invariants under any mixture of calls at the same time', async () => {
    const products = await Promise.all([newProduct(5), newProduct(5), newProduct(5)]);
    const call = fc.record({
      kind: fc.constantFrom('reserve', 'sell', 'commit', 'release', 'expire', 'adjust'),
      order: fc.nat({ max: 40 }),
      quantities: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
      change: fc.constantFrom(-2, 2),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 60, maxLength: 150 }), async (calls) => {
        const effects = effectsOn(test.database);
        const orders = Array.from({ length: 41 }, () => ids.next('ord'));
        await Promise.all(
          calls.map(async ({ kind, order, quantities, change }) => {
            const orderId = orders[order] as string;
            const lines = quantities.map((quantity, at) => ({ productId: products[at] as string, quantity }));
            if (kind === 'reserve') return reserveStock({ ...effects, ttlSeconds: order % 2 }, { orderId, lines });
            if (kind === 'sell') return reserveStock(effects, { orderId, lines, sell: true });
            if (kind === 'commit') return commitStock(effects, orderId);
            if (kind === 'release') return releaseStock(effects, { orderId, reason: 'test' });
            if (kind === 'expire') return expireReservations(effects);
            const adjusted = adjustStock(effects, {
              productId: products[0] as string,
              change,
              reason: 'count',
              actor: 'x',
            });
            return adjusted.catch((problem: unknown) => expect(problem).toMatchObject({ code: 'stock.insufficient' }));
          }),
        );
        expect(await brokenStock(test.database)).toEqual([]);
        expect(await brokenSequences(test.database)).toEqual([]);
      }),
      { numRuns: 8, endOnFailure: true },
    );
  });

  it('is refused by the database itself when code would oversell it', async () => {
    const id = await newProduct(1);
    for (const column of ['free', 'reserved', 'sold'])
      await expect(
        test.database.query(`UPDATE stock SET ${column} = ${column} - 2 WHERE product_id = $1`, [id]),
      ).rejects.toThrow(`stock_${column}_check`);
  });

  it('has a ledger that nobody can rewrite', async () => {
    await newProduct(1);
    for (const statement of [
      'UPDATE stock_movements SET change = 9',
      'DELETE FROM stock_movements',
      'TRUNCATE stock_movements',
    ])
      await expect(test.database.query(statement)).rejects.toThrow('append-only');
  });
});

describe('an unpaid reservation', () => {
  beforeEach(async () => {
    clock.advance(3_600_000);
    await expireReservations(effectsOn(test.database));
  });

  it('goes back when its time is over, not before, once, and says so', async () => {
    const effects = effectsOn(test.database);
    const id = await newProduct(5);
    const orderId = ids.next('ord');
    await reserveStock(effects, { orderId, lines: [{ productId: id, quantity: 2 }] });
    clock.advance(59_999);
    expect(await expireReservations(effects)).toBe(0);
    clock.advance(1);
    const replicas = Array.from({ length: 3 }, () => effectsOn(test.open()));
    const counts = await Promise.all(replicas.map(expireReservations));
    expect(counts.reduce((sum, count) => sum + count)).toBe(1);
    expect(await stockOf(id)).toEqual({ free: 5, reserved: 0, sold: 0 });
    const { rows } = await test.database.query('SELECT payload FROM outbox WHERE aggregateid = $1 ORDER BY position', [
      orderId,
    ]);
    expect(rows.at(-1)).toMatchObject({
      payload: {
        type: 'inventory.released.v1',
        subject: orderId,
        sequence: 2,
        data: { orderId, lines: [{ productId: id, quantity: 2 }], reason: 'expired' },
      },
    });
    expect(await commitStock(effects, orderId)).toBe(false);
  });

  it('goes back in batches, however many there are', async () => {
    const effects = effectsOn(test.database);
    const id = await newProduct(250);
    await Promise.all(
      Array.from({ length: 250 }, () =>
        reserveStock(effects, { orderId: ids.next('ord'), lines: [{ productId: id, quantity: 1 }] }),
      ),
    );
    clock.advance(60_000);
    expect(await expireReservations(effects)).toBe(250);
    expect(await stockOf(id)).toEqual({ free: 250, reserved: 0, sold: 0 });
  });

  it('that is paid at the moment of its expiry is either sold or back, never both', async () => {
    const effects = effectsOn(test.database);
    const id = await newProduct(1000);
    const orders = Array.from({ length: 60 }, () => ids.next('ord'));
    await Promise.all(
      orders.map((orderId) => reserveStock(effects, { orderId, lines: [{ productId: id, quantity: 1 }] })),
    );
    clock.advance(60_000);
    const [released, ...committed] = await Promise.all([
      expireReservations(effects),
      ...orders.map((orderId) => commitStock(effects, orderId)),
    ]);
    const sold = committed.filter(Boolean).length;
    expect(sold + released + (await expireReservations(effects))).toBe(60);
    expect(await stockOf(id)).toEqual({ free: 1000 - sold, reserved: 0, sold });
    expect(await brokenStock(test.database)).toEqual([]);
  });
});

describe('units that are sold with their reservation', () => {
  const told = async (orderId: string) =>
    (
      await test.database.query<{ payload: { type: string; sequence: number; data: object } }>(
        'SELECT payload FROM outbox WHERE aggregateid = $1 ORDER BY position',
        [orderId],
      )
    ).rows.map(({ payload: { type, sequence } }) => [type, sequence]);
  const bothEvents = [
    ['inventory.reserved.v1', 1],
    ['inventory.committed.v1', 2],
  ];

  it('are sold once however often it is asked, tell both events, and come back by a release', async () => {
    const effects = effectsOn(test.database);
    const id = await newProduct(5);
    const command = { orderId: ids.next('ord'), lines: [{ productId: id, quantity: 2 }], sell: true };
    const answers = await Promise.all(Array.from({ length: 5 }, () => reserveStock(effects, command)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'committed'));
    expect(await stockOf(id)).toEqual({ free: 3, reserved: 0, sold: 2 });
    expect(await told(command.orderId)).toEqual(bothEvents);
    await releaseStock(effects, { orderId: command.orderId, reason: 'test' });
    expect(await stockOf(id)).toEqual({ free: 5, reserved: 0, sold: 0 });
    expect(await reserveStock(effects, command)).toMatchObject({ status: 'released' });
  });

  it('are those that an earlier call only reserved', async () => {
    const effects = effectsOn(test.database);
    const id = await newProduct(5);
    const command = { orderId: ids.next('ord'), lines: [{ productId: id, quantity: 2 }] };
    await reserveStock(effects, command);
    expect(await reserveStock(effects, { ...command, sell: true })).toMatchObject({ status: 'committed' });
    expect(await stockOf(id)).toEqual({ free: 3, reserved: 0, sold: 2 });
    expect(await told(command.orderId)).toEqual(bothEvents);
  });

  it('are none where one line is short', async () => {
    const effects = effectsOn(test.database);
    const [enough, short] = [await newProduct(5), await newProduct(1)];
    const lines = [enough, short].map((productId) => ({ productId, quantity: 2 }));
    expect(await reserveStock(effects, { orderId: ids.next('ord'), lines, sell: true })).toMatchObject({
      status: 'rejected',
      shortages: [{ productId: short, requested: 2, available: 1 }],
    });
    expect(await stockOf(enough)).toEqual({ free: 5, reserved: 0, sold: 0 });
  });
});
