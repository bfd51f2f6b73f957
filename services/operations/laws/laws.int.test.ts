import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { actPage } from '../../contracts/http/operations/acts-api.ts';
import { lawsAnswer } from '../../contracts/http/operations/laws-doors.ts';
import { systemClock } from '../../kit/system-clock.ts';
import { createLogger } from '../../kit/telemetry/logger.ts';
import { testDatabase } from '../../kit/testing/postgres.ts';
import { openTransaction } from '../testing/observed-database.ts';
import { anOrder, insertOrders } from '../testing/order-books.ts';
import { startOperations } from '../testing/running-operations.ts';
import { judgeLaws } from './judge-laws.ts';

const booksOf = (service: string) => testDatabase(new URL(`../../${service}/storage/migrations/`, import.meta.url));

/** More than a page of them. */
const placed = Array.from({ length: 501 }, () => anOrder());
const last =
  placed
    .map(({ id }) => id)
    .sort()
    .at(-1) ?? '';

let orders: Awaited<ReturnType<typeof booksOf>>;
let products: Awaited<ReturnType<typeof booksOf>>;
let payments: Awaited<ReturnType<typeof booksOf>>;
let operations: Awaited<ReturnType<typeof startOperations>>;
beforeAll(async () => {
  [orders, products, payments] = await Promise.all([booksOf('order'), booksOf('product'), booksOf('payment')]);
  await insertOrders(orders.database, placed);
  await orders.database.query(`UPDATE orders SET lines = '[{"quantity": 1, "unitPrice": {"amount": 0}}]'`);
  await orders.database.query(
    `INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, sequence, created_at, published_at)
     SELECT event_id, 'order-events', order_id, type, '{}', sequence, at, at FROM order_events`,
  );
  await products.database.query(
    `INSERT INTO reservations (order_id, status, product_ids, quantities, sequence, created_at, updated_at)
     SELECT unnest($1::text[]), 'committed', '{}', '{}', 1, now(), now()`,
    [placed.map(({ id }) => id)],
  );
  operations = await startOperations([], {
    ordersUrl: orders.url,
    observed: { products: products.url, payments: payments.url },
  });
});
afterAll(async () => {
  await operations?.stop();
  await Promise.all([orders?.drop(), products?.drop(), payments?.drop()]);
});

const look = async () => lawsAnswer.parse(await operations.get('/operations/laws'));
const check = async () => {
  const { status, body } = await operations.post('/operations/laws/check', {});
  expect([status, body]).toEqual([200, expect.anything()]);
  return lawsAnswer.parse(body);
};
const databases = () =>
  new Map(Object.entries({ orders, products, payments }).map(([name, { database }]) => [name, database]));
const statesOf = ({ laws }: Awaited<ReturnType<typeof look>>) =>
  Object.fromEntries(laws.map(({ id, state }) => [id, state]));
const allHold = Object.fromEntries(
  ['I1', 'I2', 'I3', 'I4', 'I6', 'I7', 'I8', 'I12', 'I13', 'I16'].map((id) => [id, 'holds']),
);

describe('the laws of the data', () => {
  test('are unchecked until somebody asks, and those that databases cannot tell say who can', async () => {
    const { checkedAt, checkedBy, isUnderWay, laws, elsewhere } = await look();
    expect([checkedAt, checkedBy, isUnderWay, laws]).toEqual([null, null, false, []]);
    expect(elsewhere.map(({ id }) => id)).toEqual(['I5', 'I9', 'I10', 'I11', 'I14', 'I15', 'I17', 'I18']);
  });

  test('are checked for a member of staff, whose name stands with what was found and among the acts', async () => {
    const answer = await check();
    expect(statesOf(answer)).toEqual(allHold);
    expect(answer.laws.find(({ id }) => id === 'I4')).toMatchObject({
      checked: 501,
      violations: 0,
      named: [],
      note: null,
    });
    expect(answer.laws.find(({ id }) => id === 'I1')?.note).toMatch(/--history/);
    expect(answer).toMatchObject({ checkedBy: operations.staffId, isUnderWay: false });
    expect(await look()).toEqual(answer);
    const { items } = actPage.parse(await operations.get('/operations/acts'));
    expect(items[0]).toMatchObject({
      ...{ act: 'laws.check', actor: operations.staffId, outcome: 'done' },
      detail: { broken: [], unchecked: [] },
    });
  });

  test('name what breaks them, on the last page too, at once and once the shop is quiet', async () => {
    await orders.database.query(`UPDATE orders SET status = 'cancelled' WHERE id = $1`, [last]);
    const answer = await check();
    await orders.database.query(`UPDATE orders SET status = 'paid' WHERE id = $1`, [last]);
    expect(statesOf(answer)).toEqual({ ...allHold, I4: 'broken', I7: 'broken', I12: 'broken' });
    const i12 = answer.laws.find(({ id }) => id === 'I12');
    expect(i12).toMatchObject({
      ...{ checked: 501, violations: 1 },
      named: [{ subject: last, detail: 'is cancelled but its stock is still committed' }],
    });
    expect(statesOf(await check())).toEqual(allHold);
  });

  test('hold where other orders are under way at each of two looks', async () => {
    const [first = ''] = placed.map(({ id }) => id).sort();
    const become = (status: string, id: string) =>
      orders.database.query('UPDATE orders SET status = $1 WHERE id = $2', [status, id]);
    const effects = { databases: databases(), clock: systemClock, logger: createLogger('test', 'silent') };
    const judged = async (untilSecondLook: () => Promise<unknown>) =>
      (await judgeLaws(effects, { untilSecondLook })).find(({ id }) => id === 'I12');
    await become('cancelled', first);
    const passing = await judged(async () => {
      await become('paid', first);
      await become('cancelled', last);
    });
    const lasting = await judged(() => become('cancelled', first));
    await become('paid', first);
    await become('paid', last);
    expect([passing?.state, lasting?.state, lasting?.named.map(({ subject }) => subject)]).toEqual([
      ...['holds', 'broken'],
      [last],
    ]);
  });

  test('count violations without end up to a bound, and name some', async () => {
    await orders.database.query(`UPDATE orders SET total = 5`);
    const answer = await check();
    await orders.database.query(`UPDATE orders SET total = 0`);
    const i13 = answer.laws.find(({ id }) => id === 'I13');
    expect([i13?.state, i13?.violations, i13?.named.length]).toEqual(['broken', 501, 20]);
  });

  test('of a database that is away are unchecked, and hide none of the others', async () => {
    const comeBack = await payments.refuseConnections();
    const answer = await check();
    await comeBack();
    expect(statesOf(answer)).toEqual({ ...allHold, I12: 'unchecked', I13: 'unchecked' });
    expect(answer.laws.find(({ id }) => id === 'I13')).toMatchObject({
      checked: null,
      note: expect.stringMatching(/database/),
    });
  });

  test('that nobody can look at are unchecked', async () => {
    const effects = { databases: new Map(), clock: systemClock, logger: createLogger('test', 'silent') };
    const [first] = await judgeLaws(effects);
    expect(first).toMatchObject({ state: 'unchecked', note: expect.stringMatching(/^There is no database "orders"/) });
  });

  test('wait for nobody who holds a table, and end with their time', async () => {
    const letGo = await openTransaction(products.database, 'LOCK TABLE stock IN ACCESS EXCLUSIVE MODE');
    const answer = await check();
    await letGo();
    expect(statesOf(answer)).toEqual({ ...allHold, I6: 'unchecked' });
    const effects = { databases: databases(), clock: systemClock, logger: createLogger('test', 'silent') };
    const verdicts = await judgeLaws(effects, { allMs: 0 });
    expect(new Set(verdicts.map(({ state }) => state))).toEqual(new Set(['unchecked']));
    expect(verdicts[0]?.note).toMatch(/^It takes longer than the 4 s/);
  });
});

describe('a check of the laws', () => {
  const leaveUnderWay = (secondsAgo: number) =>
    operations.database.query(
      `INSERT INTO law_check (act_id, begun_at) VALUES ('act_other', now() - make_interval(secs => $1))
       ON CONFLICT (is_only) DO UPDATE SET act_id = 'act_other', begun_at = excluded.begun_at`,
      [secondsAgo],
    );
  afterEach(() => operations.database.query('UPDATE law_check SET act_id = NULL, begun_at = NULL'));

  test('is refused while another is under way, which everybody sees', async () => {
    await leaveUnderWay(1);
    expect((await look()).isUnderWay).toBe(true);
    expect(await operations.post('/operations/laws/check', {})).toMatchObject({
      status: 409,
      body: { code: 'laws.check-under-way' },
    });
    expect((await look()).isUnderWay).toBe(true);
  });

  test('begins after one whose process died', async () => {
    await leaveUnderWay(61);
    expect((await look()).isUnderWay).toBe(false);
    expect((await check()).isUnderWay).toBe(false);
  });
});
