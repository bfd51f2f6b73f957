/** Our books against the sandbox's: every kind of difference is planted, and ten thousand clean payments show none. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../kit/system-clock.ts';
import { systemIds } from '../../kit/system-ids.ts';
import { type TestDatabase, testDatabase } from '../../kit/testing/postgres.ts';
import { createSandboxProvider } from '../clients/sandbox-provider.ts';
import { createPaymentRepository } from '../storage/payment-repository.ts';
import { authorisePayment } from './authorise-payment.ts';
import type { PaymentEffects } from './payment-effects.ts';
import { type Drift, reconcileWithProvider } from './reconcile-with-provider.ts';
import { refundPayment } from './refund-payment.ts';

let postgres: TestDatabase;
let effects: PaymentEffects;
beforeAll(async () => {
  postgres = await testDatabase(new URL('../storage/migrations', import.meta.url));
  effects = {
    payments: createPaymentRepository({ database: postgres.database, ids: systemIds, clock: systemClock }),
    provider: createSandboxProvider({ books: postgres.database, lateMs: 0 }),
    clock: systemClock,
    isSilence: () => false,
  };
});
afterAll(() => postgres?.drop());

const hourMs = 3_600_000;
const reconcile = async (repairs = false, by = effects) => {
  const found: Drift[] = [];
  const span = { since: new Date(Date.now() - hourMs), until: new Date(Date.now() + hourMs) };
  for await (const drift of reconcileWithProvider(by, { ...span, repairs })) found.push(drift);
  return found.map(({ kind, orderId, isRepaired }) => [kind, orderId, isRepaired]);
};
const sql = (text: string, values: unknown[]) => postgres.database.query(text, values);

const buy = async (capture: boolean) => {
  const orderId = systemIds.next('ord');
  const amount = { amount: 3000, currency: 'USD' };
  return authorisePayment(effects, { orderId, amount, token: 'tok_visa', capture });
};
type Bought = Awaited<ReturnType<typeof buy>>;
const ours = (change: string) => (payment: Bought) => sql(`UPDATE payments SET ${change} WHERE id = $1`, [payment.id]);
const theirs = (change: string) => (payment: Bought) =>
  sql(`UPDATE sandbox.charges SET ${change} WHERE key = $1`, [payment.id]);
const forget = (what: string) => async (payment: Bought) => {
  if (what.startsWith('payments')) await sql('DELETE FROM ledger_entries WHERE payment_id = $1', [payment.id]);
  await sql(`DELETE FROM ${what} = $1`, [payment.id]);
};
const foreignRefund = '[{"refundId": "rfd_00000000000000000000000001", "amount": 500}]';
/** So that the next test begins with clean books, whatever a repair could mend. */
const clear = async () => {
  await sql('DELETE FROM ledger_entries', []);
  await sql('DELETE FROM payments', []);
  await sql('DELETE FROM sandbox.charges', []);
};

describe('books that differ are named', () => {
  test.each<[kind: string, capture: boolean, canRepair: boolean, plant: (payment: Bought) => Promise<unknown>]>([
    ['charge-without-payment', true, false, forget('payments WHERE id')],
    ['payment-without-charge', true, false, forget('sandbox.charges WHERE key')],
    ['amount-differs', false, false, theirs('amount = 2999')],
    ['outcome-not-learnt', false, true, ours("status = 'unknown', reference = NULL, token = 'tok_visa'")],
    ['capture-differs', false, true, theirs("status = 'captured', captured = amount")],
    ['refund-differs', true, true, theirs(`refunds = '${foreignRefund}'`)],
    ['authorisation-never-voided', false, true, ours("status = 'voided'")],
    ['void-not-learnt', false, true, theirs("status = 'voided'")],
  ])('%s', async (kind, capture, canRepair, plant) => {
    await clear();
    await buy(true);
    const payment = await buy(capture);
    await plant(payment);
    const orderId = kind === 'charge-without-payment' ? null : payment.orderId;
    expect(await reconcile()).toEqual([[kind, orderId, false]]);
    expect(await reconcile(true)).toEqual([[kind, orderId, canRepair]]);
    expect(await reconcile()).toEqual(canRepair ? [] : [[kind, orderId, false]]);
  });
});

test('a refund between the reading of one book and of the other is no difference', async () => {
  await clear();
  const { orderId } = await buy(true);
  const wish = { refundId: systemIds.next('rfd'), amount: 100, reason: 'damaged' };
  const { payments } = effects;
  const racing: PaymentEffects = {
    ...effects,
    payments: {
      ...payments,
      findMany: async (ids) => {
        await refundPayment(effects, orderId, wish);
        return payments.findMany(ids);
      },
    },
  };
  expect(await reconcile(false, racing)).toEqual([]);
});

test('ten thousand clean payments of every outcome show no difference', async () => {
  await clear();
  await sql(
    `INSERT INTO sandbox.charges (key, amount, currency, status, captured, refunds, decline_reason)
     SELECT 'pay_' || n, 1000 + n, 'USD', (ARRAY['captured', 'captured', 'authorised', 'voided', 'declined'])[n % 5 + 1],
            CASE WHEN n % 5 < 2 THEN 1000 + n ELSE 0 END,
            CASE WHEN n % 5 = 1 THEN jsonb_build_array(jsonb_build_object('refundId', 'rfd_' || n, 'amount', n)) ELSE '[]' END,
            CASE WHEN n % 5 = 4 THEN 'card-declined' END
       FROM generate_series(1, $1::int) AS n`,
    [10_000],
  );
  await sql(
    `INSERT INTO payments (id, order_id, status, amount, currency, captured, refunded, refunds, reference, created_at, updated_at)
     SELECT key, 'ord_' || key, status, amount, currency, captured,
            coalesce((SELECT sum((r ->> 'amount')::bigint) FROM jsonb_array_elements(refunds) r), 0), refunds, reference, now(), now()
       FROM sandbox.charges`,
    [],
  );
  expect(await reconcile(true)).toEqual([]);
});
