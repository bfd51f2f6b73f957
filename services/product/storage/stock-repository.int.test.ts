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
import { takeBackStock } from '../use-cases/take-back-stock.ts';
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
      kind: fc.constantFrom('reserve', 'sell', 'commit', 'release', 'expire', 'adjust', 'take-back'),
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
            if (kind === 'take-back') {
              const name = `ret_${String(change + 2).padStart(26, '0')}`;
              return takeBackStock(effects, { orderId, name, lines }).catch((problem: unknown) =>
                expect(problem).toMatchObject({ code: 'stock.return-too-large' }),
              );
            }
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

describe('units of an order that come back in part', () => {
  const nameOf = (number: number) => `ret_${String(number).padStart(26, '0')}`;
  const sold = async (...quantities: number[]) => {
    const effects = effectsOn(test.database);
    const products = await Promise.all(quantities.map((quantity) => newProduct(quantity)));
    const lines = products.map((productId, at) => ({ productId, quantity: quantities[at] as number }));
    const orderId = ids.next('ord');
    await reserveStock(effects, { orderId, lines, sell: true });
    return { effects, orderId, products: products as [string, string] };
  };
  const told = async (orderId: string) =>
    (
      await test.database.query<{ payload: { data: unknown; sequence: number } }>(
        "SELECT payload FROM outbox WHERE aggregateid = $1 AND payload->>'type' = 'inventory.released.v1' ORDER BY position",
        [orderId],
      )
    ).rows.map(({ payload: { data, sequence } }) => [data, sequence]);

  it('are free once per name, whatever comes back beside them, and what is left comes back by a release', async () => {
    const { effects, orderId, products } = await sold(4, 2);
    const [first, second] = products;
    const back = (name: number, productId: string, quantity: number) =>
      takeBackStock(effects, { orderId, name: nameOf(name), lines: [{ productId, quantity }] });
    await Promise.all([
      back(1, first, 1),
      back(1, first, 1),
      back(2, first, 2),
      back(3, second, 2),
      back(3, second, 2),
    ]);
    expect([await stockOf(first), await stockOf(second)]).toEqual([
      { free: 3, reserved: 0, sold: 1 },
      { free: 2, reserved: 0, sold: 0 },
    ]);
    expect(await told(orderId)).toHaveLength(3);
    await releaseStock(effects, { orderId, reason: 'refunded' });
    expect(await stockOf(first)).toEqual({ free: 4, reserved: 0, sold: 0 });
    expect((await told(orderId)).at(-1)).toEqual([
      { orderId, lines: [{ productId: first, quantity: 1 }], reason: 'returned' },
      6,
    ]);
    await back(4, first, 1);
    expect(await stockOf(first)).toEqual({ free: 4, reserved: 0, sold: 0 });
  });

  it('release the order once all of them are back', async () => {
    const { effects, orderId, products } = await sold(1, 2);
    const [first, second] = products;
    await takeBackStock(effects, {
      ...{ orderId, name: nameOf(1) },
      lines: [
        { productId: second, quantity: 2 },
        { productId: first, quantity: 1 },
      ],
    });
    expect((await createStockRepository(test.database).find(orderId))?.status).toBe('released');
    expect(await brokenStock(test.database)).toEqual([]);
  });

  it('are never more than it has: then none comes back, and the name is not used up', async () => {
    const { effects, orderId, products } = await sold(2, 2);
    const [first, second] = products;
    const stranger = await newProduct(1);
    const lines = (other: string, quantity: number) => [
      { productId: first, quantity: 1 },
      { productId: other, quantity },
    ];
    for (const wrong of [lines(second, 3), lines(stranger, 1)])
      await expect(takeBackStock(effects, { orderId, name: nameOf(1), lines: wrong })).rejects.toMatchObject({
        kind: 'conflict',
        code: 'stock.return-too-large',
      });
    expect(await stockOf(first)).toEqual({ free: 0, reserved: 0, sold: 2 });
    await takeBackStock(effects, { orderId, name: nameOf(1), lines: lines(second, 1) });
    expect(await stockOf(first)).toEqual({ free: 1, reserved: 0, sold: 1 });
  });

  it('are nothing for an order that has only reserved them, or that nobody knows', async () => {
    const effects = effectsOn(test.database);
    const productId = await newProduct(2);
    const [orderId, unknown] = [ids.next('ord'), ids.next('ord')];
    await reserveStock(effects, { orderId, lines: [{ productId, quantity: 1 }] });
    for (const of of [orderId, unknown])
      await takeBackStock(effects, { orderId: of, name: nameOf(1), lines: [{ productId, quantity: 1 }] });
    expect(await stockOf(productId)).toEqual({ free: 1, reserved: 1, sold: 0 });
    await expect(
      takeBackStock(effects, { orderId, name: "'; --", lines: [{ productId, quantity: 1 }] }),
    ).rejects.toMatchObject({ kind: 'invalid', errors: [{ path: 'name' }] });
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
