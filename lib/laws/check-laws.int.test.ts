import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { LedgerEntry } from '../../services/contracts/ledger/ledger-entry.ts';
import { checkLaws, laws } from './check-laws.ts';
import {
  appendAndPass,
  confirmationOf,
  orderIds,
  type SmallPlatform,
  startSmallPlatform,
} from './testing/small-platform.ts';

let small: Awaited<ReturnType<typeof startSmallPlatform>>;
beforeAll(async () => {
  small = await startSmallPlatform();
});
afterAll(() => small?.stop());
beforeEach(() => small.begin());
afterEach(() => small.undo());

const broken = async () =>
  (await checkLaws(() => small.facts()))
    .filter(({ violations }) => violations.length > 0)
    .map(({ id, violations }) => [id, violations.map(({ subject }) => subject)]);

const { paid, cancelled, refunded, open } = orderIds;
const longAgo = '2026-03-01T09:00:00Z';
const withoutHistoryGuard = async ({ orders }: SmallPlatform, statement: string) => {
  await orders.query('ALTER TABLE order_events DISABLE TRIGGER order_events_are_append_only');
  await orders.query(statement);
};

/** A planted violation: the law that finds it, and the subjects that it names. */
type Plant = [string, string, (small: SmallPlatform) => unknown, string[]];

const plants: Plant[] = [
  [
    'I1',
    'a promised order that does not exist',
    ({ promises }) => promises.push({ orderId: 'ord_lost', idempotencyKey: 'key-lost', total: 1 }),
    ['ord_lost'],
  ],
  [
    'I1',
    'a promise of another total',
    ({ promises }) => promises.push({ orderId: cancelled, idempotencyKey: 'key-old', total: 1999 }),
    [cancelled],
  ],
  [
    'I1',
    'a promise under another key',
    ({ promises }) => promises.push({ orderId: open, idempotencyKey: 'key-other', total: 500 }),
    [open],
  ],
  [
    'I1',
    'an order that does not begin with its placing',
    (all) =>
      withoutHistoryGuard(
        all,
        `UPDATE order_events SET type = 'order.looked-at.v1' WHERE order_id = '${cancelled}' AND sequence = 1`,
      ),
    [cancelled],
  ],
  [
    'I2',
    'two keys of one order',
    ({ orders }) =>
      orders.query(
        `INSERT INTO idempotency_keys SELECT owner, 'another-key', fingerprint, attempt, claimed_until, order_id, created_at FROM idempotency_keys WHERE order_id = '${open}'`,
      ),
    [open],
  ],
  [
    'I2',
    'two orders promised under one key',
    ({ promises }) =>
      promises.push(
        { orderId: cancelled, idempotencyKey: 'key-twice', total: 2000 },
        { orderId: refunded, idempotencyKey: 'key-twice', total: 1000 },
      ),
    ['key-twice'],
  ],
  [
    'I3',
    'a gap in a history',
    (all) =>
      withoutHistoryGuard(all, `UPDATE order_events SET sequence = 4 WHERE order_id = '${paid}' AND sequence = 3`),
    [paid],
  ],
  [
    'I3',
    'a version ahead of the history',
    ({ orders }) => orders.query(`UPDATE orders SET version = 9 WHERE id = '${paid}'`),
    [paid],
  ],
  [
    'I3',
    'a history without an order',
    ({ orders }) =>
      orders.query(`INSERT INTO order_events VALUES ('ord_ghost', 1, 'evt_ghost', 'order.placed.v1', '{}', now())`),
    ['ord_ghost'],
  ],
  [
    'I4',
    'a state that no event explains',
    ({ orders }) => orders.query(`UPDATE orders SET status = 'processing' WHERE id = '${paid}'`),
    [paid],
  ],
  [
    'I4',
    'a changed history',
    (all) =>
      withoutHistoryGuard(
        all,
        `UPDATE order_events SET data = '{"captured": 2999}' WHERE order_id = '${paid}' AND sequence = 3`,
      ),
    [paid],
  ],
  [
    'I5',
    'an event that stays in the outbox',
    ({ orders }) =>
      orders.query(`UPDATE outbox SET published_at = NULL, created_at = '${longAgo}' WHERE id = 'evt_paid_2'`),
    ['order'],
  ],
  [
    'I5',
    'a published event that the log lost',
    ({ events }) => events.query(`DELETE FROM event_log.records WHERE headers ->> 'id' = 'evt_paid_2'`),
    ['order-events'],
  ],
  [
    'I5',
    'an event that nobody wrote',
    async ({ events, orders }) => {
      await appendAndPass(events, { id: 'evt_forged', type: 'order.placed.v1' }, paid);
      await orders.query(`INSERT INTO inbox (consumer, event_id) VALUES ('order', 'evt_forged')`);
    },
    ['order-events'],
  ],
  ['I6', 'a unit from nowhere', ({ products }) => products.query('UPDATE stock SET free = free + 1'), ['prd_film']],
  [
    'I6',
    'reserved units that no reservation holds',
    ({ products }) => products.query('UPDATE stock SET reserved = reserved + 1, free = free - 1'),
    ['prd_film'],
  ],
  [
    'I7',
    'units sold to no order',
    async ({ products }) => {
      await products.query(
        `INSERT INTO reservations (order_id, status, product_ids, quantities, sequence, created_at, updated_at) VALUES ('ord_ghost', 'committed', '{prd_film}', '{1}', 2, now(), now())`,
      );
      await products.query('UPDATE stock SET sold = sold + 1, free = free - 1');
    },
    ['ord_ghost'],
  ],
  [
    'I7',
    'a reservation beyond its time',
    ({ products }) =>
      products.query(`UPDATE reservations SET reserved_until = '${longAgo}' WHERE order_id = '${open}'`),
    [open],
  ],
  [
    'I8',
    'an order that does not move',
    ({ orders }) => orders.query(`UPDATE orders SET updated_at = '${longAgo}' WHERE id = '${open}'`),
    [open],
  ],
  [
    'I9',
    'an event that a consumer skipped',
    ({ orders }) => orders.query(`DELETE FROM inbox WHERE event_id = 'evt_paid_1'`),
    ['order'],
  ],
  [
    'I9',
    'a function that is behind',
    ({ events }) => events.query(`UPDATE event_log.positions SET committed = 0 WHERE group_name = 'notification'`),
    ['notification'],
  ],
  [
    'I10',
    'a charge for an unknown payment',
    ({ payments }) =>
      payments.query(
        `INSERT INTO sandbox.charges (key, amount, currency, status) VALUES ('pay_ghost', 1, 'USD', 'authorised')`,
      ),
    ['pay_ghost'],
  ],
  [
    'I10',
    'a capture beyond its authorisation',
    async ({ payments }) => {
      await payments.query('ALTER TABLE sandbox.charges DROP CONSTRAINT charges_check');
      await payments.query(`UPDATE sandbox.charges SET amount = 2999 WHERE key = 'pay_1'`);
    },
    ['pay_1'],
  ],
  [
    'I7',
    'goods that came back and stay sold',
    ({ orders }) =>
      orders.query(
        `UPDATE orders SET returns = '[{"lines": [{"quantity": 2, "isRestocked": true}]}]' WHERE id = '${paid}'`,
      ),
    [paid],
  ],
  [
    'I10',
    'an order that is charged twice',
    async ({ payments }) => {
      await payments.query('ALTER TABLE payments DROP CONSTRAINT payments_order_id_key');
      await payments.query(
        `INSERT INTO payments (id, order_id, status, amount, currency, captured, created_at, updated_at) VALUES ('pay_again', '${paid}', 'captured', 3000, 'USD', 3000, now(), now())`,
      );
      await payments.query(
        `INSERT INTO ledger_entries VALUES ('pay_again', 'capture', 'provider', 3000, 'USD', now()), ('pay_again', 'capture', 'sales', -3000, 'USD', now())`,
      );
      await payments.query(
        `INSERT INTO sandbox.charges (key, amount, currency, status, captured) VALUES ('pay_again', 3000, 'USD', 'captured', 3000)`,
      );
    },
    [paid],
  ],
  [
    'I11',
    'an outcome that stays unknown',
    ({ payments }) =>
      payments.query(`UPDATE payments SET status = 'unknown', updated_at = '${longAgo}' WHERE id = 'pay_2'`),
    [refunded],
  ],
  [
    'I11',
    'a refund that only the provider knows',
    ({ payments }) => payments.query(`UPDATE sandbox.charges SET refunds = '[{"amount": 1}]' WHERE key = 'pay_1'`),
    [paid],
  ],
  [
    'I12',
    'a paid order of which a part was captured',
    async (all) => {
      await withoutHistoryGuard(
        all,
        `UPDATE order_events SET data = '{"captured": 2000}' WHERE order_id = '${paid}' AND sequence = 3`,
      );
      await all.orders.query(`UPDATE orders SET captured = 2000 WHERE id = '${paid}'`);
      await all.payments.query(`UPDATE payments SET captured = 2000 WHERE id = 'pay_1'`);
      await all.payments.query(`UPDATE ledger_entries SET amount = sign(amount) * 2000 WHERE payment_id = 'pay_1'`);
      await all.payments.query(`UPDATE sandbox.charges SET captured = 2000 WHERE key = 'pay_1'`);
    },
    [paid],
  ],
  [
    'I12',
    'money that stays blocked for a cancelled order',
    async ({ payments }) => {
      await payments.query(
        `INSERT INTO payments (id, order_id, status, amount, currency, created_at, updated_at) VALUES ('pay_3', '${cancelled}', 'authorised', 2000, 'USD', now(), now())`,
      );
      await payments.query(
        `INSERT INTO sandbox.charges (key, amount, currency, status) VALUES ('pay_3', 2000, 'USD', 'authorised')`,
      );
    },
    [cancelled],
  ],
  [
    'I13',
    'a movement that does not sum to zero',
    ({ payments }) =>
      payments.query(`UPDATE ledger_entries SET amount = -2999 WHERE payment_id = 'pay_1' AND account = 'sales'`),
    ['pay_1'],
  ],
  [
    'I13',
    'an order that costs more than its lines',
    ({ orders }) => orders.query(`UPDATE orders SET total = total + 1 WHERE id = '${cancelled}'`),
    [cancelled],
  ],
  [
    'I13',
    'a capture that was not booked',
    ({ payments }) => payments.query(`DELETE FROM ledger_entries WHERE payment_id = 'pay_1'`),
    ['pay_1'],
  ],
  ['I14', 'a paid order without a confirmation', ({ mails }) => mails.shift(), [paid]],
  ['I14', 'a paid order with two confirmations', ({ mails }) => mails.push(confirmationOf(paid)), [paid]],
  [
    'I14',
    'a confirmation of an order that was never paid',
    ({ mails }) => mails.push(confirmationOf(cancelled)),
    [cancelled],
  ],
  ['I15', 'an event that the ledger lacks', ({ ledger }) => ledger.shift(), [paid]],
  [
    'I15',
    'an event that no order had',
    ({ ledger }) => ledger.push({ ...(ledger[0] as LedgerEntry), orderId: 'ord_nobody' }),
    ['ord_nobody'],
  ],
  [
    'I15',
    'an entry that somebody altered',
    (all) => {
      all.ledger = all.ledger.map((entry, at) => (at === 0 ? { ...entry, event: '{}' } : entry));
    },
    [paid],
  ],
  [
    'I16',
    'an event that was never noted for the others',
    async ({ orders, events }) => {
      await orders.query(`DELETE FROM outbox WHERE id = 'evt_paid_2'`);
      await events.query(`DELETE FROM event_log.records WHERE headers ->> 'id' = 'evt_paid_2'`);
    },
    [paid],
  ],
  [
    'I17',
    'an event that overtook an earlier one of its order',
    ({ events }) =>
      events.query(
        `UPDATE event_log.records r SET headers = other.headers FROM event_log.records other
          WHERE r.headers ->> 'id' IN ('evt_paid_2', 'evt_paid_3') AND other.headers ->> 'id' IN ('evt_paid_2', 'evt_paid_3') AND r.headers <> other.headers`,
      ),
    [paid],
  ],
  [
    'I17',
    'a subject that is told of in two partitions',
    ({ events }) =>
      events.query(
        `UPDATE event_log.records SET partition_id = (SELECT max(id) + min(id) - partition_id FROM event_log.partitions WHERE topic = 'order-events'), "offset" = "offset" + 100
          WHERE headers ->> 'id' = 'evt_paid_1'`,
      ),
    [paid],
  ],
  [
    'I18',
    'a replay that the log never had',
    ({ operations }) => operations.query('UPDATE dead_letters SET origin_offset = 100'),
    ['evt_open_2'],
  ],
];

describe('the laws', () => {
  test('hold for a platform that did everything right, and look at something each', async () => {
    const verdicts = await checkLaws(() => small.facts());
    expect(verdicts.map(({ id }) => id)).toEqual(Array.from({ length: 18 }, (_, at) => `I${at + 1}`));
    expect(verdicts.filter(({ violations }) => violations.length > 0)).toEqual([]);
    expect(verdicts.filter(({ checked }) => checked === 0)).toEqual([]);
  });

  test.each([
    ['I14', 'mails', 'sends none'],
    ['I15', 'ledger', 'has none'],
    ['I18', 'operations', 'replays nothing'],
  ])('say nothing in %s of %s in a shop that %s', async (law, part) => {
    const verdicts = await checkLaws(() => ({ ...small.facts(), [part]: undefined }));
    expect(verdicts.filter(({ violations }) => violations.length > 0)).toEqual([]);
    expect(verdicts.filter(({ checked }) => checked === 0).map(({ id }) => id)).toEqual([law]);
  });

  test('each have a violation below', () => {
    expect(new Set(plants.map(([law]) => law))).toEqual(new Set(laws.map(({ id }) => id)));
  });

  test.each(plants)('%s alone finds %s', async (law, _what, plant, subjects) => {
    await plant(small.platform);
    expect(await broken()).toEqual([[law, subjects]]);
  });

  test('ask of a consumer only the events on whose types it acts', async () => {
    const { rows } = await small.platform.orders.query(`SELECT 1 FROM inbox WHERE event_id = 'evt_paid_2'`);
    expect(rows).toEqual([]);
    const greedy = {
      ...small.facts(),
      consumers: small.facts().consumers.map((one) => ({ ...one, consumes: { 'order-events': 'all' as const } })),
    };
    const verdicts = await checkLaws(() => greedy);
    expect(verdicts.filter(({ violations }) => violations.length > 0).map(({ id }) => id)).toEqual(['I9']);
  });

  test('that need quiet are looked at again until they hold', async () => {
    await small.platform.orders.query(`DELETE FROM inbox WHERE event_id = 'evt_paid_1'`);
    const waits: string[][] = [];
    const verdicts = await checkLaws(() => small.facts(), {
      patienceSeconds: 60,
      onWait: (open) => {
        waits.push(open.map(({ id }) => id));
        void small.platform.orders.query(`INSERT INTO inbox (consumer, event_id) VALUES ('order', 'evt_paid_1')`);
      },
    });
    expect(waits).toEqual([['I9']]);
    expect(verdicts.filter(({ violations }) => violations.length > 0)).toEqual([]);
  });
});
