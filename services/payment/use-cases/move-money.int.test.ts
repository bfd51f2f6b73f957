import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../kit/system-clock.ts';
import { systemIds } from '../../kit/system-ids.ts';
import { type TestDatabase, testDatabase } from '../../kit/testing/postgres.ts';
import { type PaymentProvider, ProviderSilence, withDeadline } from '../clients/payment-provider.ts';
import { createSandboxProvider } from '../clients/sandbox-provider.ts';
import { createPaymentRepository } from '../storage/payment-repository.ts';
import { authorisePayment } from './authorise-payment.ts';
import { cancelPayment } from './cancel-payment.ts';
import { capturePayment } from './capture-payment.ts';
import type { PaymentEffects } from './payment-effects.ts';
import { recordCharge } from './record-charge.ts';
import { refundPayment } from './refund-payment.ts';
import { resolveUndecided } from './resolve-undecided.ts';

let postgres: TestDatabase;
let effects: PaymentEffects;
/** The same with so little patience that the sandbox's late answers come too late. */
let impatient: PaymentEffects;
beforeAll(async () => {
  postgres = await testDatabase(new URL('../storage/migrations', import.meta.url));
  const payments = createPaymentRepository({ database: postgres.database, ids: systemIds, clock: systemClock });
  const sandbox = createSandboxProvider({
    books: postgres.database,
    lateMs: 600,
    onNotice: async (key, charge) => {
      const { rows } = await postgres.database.query<{ order_id: string }>(
        'SELECT order_id FROM payments WHERE id = $1',
        [key],
      );
      await recordCharge(effects, rows[0]?.order_id ?? '', charge);
    },
  });
  effects = {
    payments,
    provider: withDeadline(sandbox, 20_000),
    clock: systemClock,
    isSilence: (problem) => problem instanceof ProviderSilence,
  };
  impatient = { ...effects, provider: withDeadline(sandbox, 300) };
});
afterAll(() => postgres.drop());

const usd = (amount: number) => ({ amount, currency: 'USD' });
const newOrder = () => systemIds.next('ord');
const authorise = (orderId: string, token = 'tok_visa', amount = 3000, by = effects) =>
  authorisePayment(by, { orderId, amount: usd(amount), token });
const charges = async (orderId: string) => {
  const { rows } = await postgres.database.query<{ status: string; captured: string; refunds: { amount: number }[] }>(
    'SELECT c.status, c.captured, c.refunds FROM sandbox.charges c JOIN payments p ON p.id = c.key WHERE p.order_id = $1',
    [orderId],
  );
  return rows;
};
const events = async (orderId: string) => {
  const { rows } = await postgres.database.query<{ type: string; sequence: number }>(
    `SELECT type, sequence FROM outbox WHERE payload -> 'data' ->> 'orderId' = $1 ORDER BY sequence`,
    [orderId],
  );
  return rows.map(({ type, sequence }) => `${sequence} ${type}`);
};
const ledgerSum = async () =>
  (await postgres.database.query<{ sum: string }>('SELECT coalesce(sum(amount), 0) AS sum FROM ledger_entries')).rows[0]
    ?.sum;

describe('the money of an order', () => {
  test('is authorised, captured and booked', async () => {
    const orderId = newOrder();
    expect(await authorise(orderId)).toMatchObject({ status: 'authorised' });
    expect(await capturePayment(effects, orderId)).toMatchObject({ status: 'captured', captured: 3000 });
    expect(await events(orderId)).toEqual(['1 payment.authorised.v1', '2 payment.captured.v1']);
    expect(await ledgerSum()).toBe('0');
  });

  test('is charged once, however many ask at once', async () => {
    const orderId = newOrder();
    const answers = await Promise.all(Array.from({ length: 20 }, () => authorise(orderId)));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    await Promise.all(Array.from({ length: 20 }, () => capturePayment(effects, orderId)));
    expect(await charges(orderId)).toEqual([{ status: 'captured', captured: '3000', refunds: [] }]);
    expect(await events(orderId)).toEqual(['1 payment.authorised.v1', '2 payment.captured.v1']);
  });

  test.each([
    ['tok_declined', 'card-declined'],
    ['tok_insufficient', 'insufficient-funds'],
    ['tok_nobody_knows', 'card-unknown'],
  ])('%s is declined as %s, and nothing can be captured', async (token, declineReason) => {
    const orderId = newOrder();
    expect(await authorise(orderId, token)).toMatchObject({ status: 'declined', declineReason });
    expect(await capturePayment(effects, orderId)).toMatchObject({ status: 'declined', captured: 0 });
    expect(await authorise(orderId, token)).toMatchObject({ status: 'declined' });
  });

  test.each(['tok_timeout_after_charge', 'tok_late_answer'])(
    '%s: the outcome is unknown, asking again finds the one charge',
    async (token) => {
      const orderId = newOrder();
      await expect(authorise(orderId, token, 3000, impatient)).rejects.toMatchObject({
        kind: 'unavailable',
        code: 'payment.outcome-unknown',
      });
      expect(await effects.payments.find(orderId)).toMatchObject({ status: 'unknown' });
      const authorised = await (async () => {
        for (;;) {
          const answer = await authorise(orderId, token).catch((problem: { code?: string }) => problem);
          if ('status' in answer) return answer;
          expect(answer.code).toBe('payment.outcome-unknown');
        }
      })();
      expect(authorised.status).toBe('authorised');
      expect(await charges(orderId)).toHaveLength(1);
    },
  );

  test('a notice that comes twice changes nothing the second time', async () => {
    const orderId = newOrder();
    expect(await authorise(orderId, 'tok_duplicate_answer')).toMatchObject({ status: 'authorised' });
    expect(await events(orderId)).toEqual(['1 payment.authorised.v1']);
  });

  test('the amount of a begun payment cannot change', async () => {
    const orderId = newOrder();
    await authorise(orderId);
    await expect(authorise(orderId, 'tok_visa', 3001)).rejects.toMatchObject({ code: 'payment.amount-changed' });
  });

  test('is refunded once per refund id, and never more than was captured', async () => {
    const orderId = newOrder();
    await authorise(orderId);
    await capturePayment(effects, orderId);
    const wish = (amount: number) => ({ refundId: systemIds.next('rfd'), amount, reason: 'damaged' });
    const first = wish(1000);
    await Promise.all(Array.from({ length: 10 }, () => refundPayment(effects, orderId, first)));
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, () => refundPayment(effects, orderId, wish(1000))),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(await effects.payments.find(orderId)).toMatchObject({ status: 'refunded', refunded: 3000 });
    const [charge] = await charges(orderId);
    expect(charge?.refunds.reduce((sum, { amount }) => sum + amount, 0)).toBe(3000);
    expect(await ledgerSum()).toBe('0');
  });
});

test('what is recorded never undoes a refund that was noted since the payment was read', async () => {
  const orderId = newOrder();
  await authorise(orderId);
  const payment = await capturePayment(effects, orderId);
  const at = systemClock.now().toISOString();
  const [noted, told] = [systemIds.next('rfd'), systemIds.next('rfd')];
  const refund = { refundId: noted, amount: 1000, reason: 'damaged', done: false, createdAt: at };
  expect(await effects.payments.noteRefund(payment, refund)).toBe(true);
  const refunded = { type: 'payment.refunded.v1', at, refundId: told, amount: 500, refundedTotal: 500 } as const;
  expect(await effects.payments.record(payment, [refunded])).toBeNull();
  expect((await effects.payments.find(orderId))?.refunds.map(({ refundId }) => refundId)).toEqual([noted]);
});

describe('cancelling', () => {
  test('before the payment began bars it: a late authorisation is declined and charges nothing', async () => {
    const orderId = newOrder();
    expect(await cancelPayment(effects, orderId, 'cancelled')).toBeNull();
    expect(await authorise(orderId)).toMatchObject({ status: 'declined', declineReason: 'order-cancelled' });
    expect(await charges(orderId)).toEqual([]);
  });

  test.each([
    ['authorised', false, 'voided', 0],
    ['captured', true, 'refunded', 3000],
  ])('an %s payment leaves the customer with nothing to pay', async (_, capture, status, refunded) => {
    const orderId = newOrder();
    await authorise(orderId);
    if (capture) await capturePayment(effects, orderId);
    expect(await cancelPayment(effects, orderId, 'cancelled')).toMatchObject({ status, refunded });
    expect(await cancelPayment(effects, orderId, 'cancelled')).toMatchObject({ status, refunded });
  });

  test('racing with capture ends with nothing owed, whoever wins', async () => {
    for (let round = 0; round < 10; round++) {
      const orderId = newOrder();
      await authorise(orderId);
      await Promise.all([capturePayment(effects, orderId), cancelPayment(effects, orderId, 'cancelled')]);
      const [charge] = await charges(orderId);
      expect(Number(charge?.captured)).toBe(charge?.refunds.reduce((sum, { amount }) => sum + amount, 0));
      const payment = await effects.payments.find(orderId);
      expect(payment?.captured).toBe(payment?.refunded);
    }
  });

  test('racing with authorisation never leaves an authorised charge', async () => {
    for (let round = 0; round < 10; round++) {
      const orderId = newOrder();
      await Promise.allSettled([authorise(orderId), cancelPayment(effects, orderId, 'cancelled')]);
      await cancelPayment(effects, orderId, 'cancelled');
      expect((await charges(orderId)).filter(({ status }) => status === 'authorised')).toEqual([]);
    }
  });
});

describe('a crash between the provider and our books', () => {
  test('after the charge is healed by asking again with the same key', async () => {
    const orderId = newOrder();
    const withoutNotices = createSandboxProvider({ books: postgres.database, lateMs: 0 });
    const crashing: PaymentProvider = {
      ...withoutNotices,
      authorise: async (request) => {
        await withoutNotices.authorise(request);
        throw new Error('killed');
      },
    };
    await expect(
      authorisePayment({ ...effects, provider: crashing }, { orderId, amount: usd(3000), token: 'tok_visa' }),
    ).rejects.toThrow('killed');
    expect(await resolveUndecided(effects, -1)).toBe(1);
    expect(await effects.payments.find(orderId)).toMatchObject({ status: 'authorised' });
    expect(await charges(orderId)).toHaveLength(1);
  });

  test('of one that nobody can heal is in the way of no other', async () => {
    const begun = await Promise.all([0, 1].map(() => effects.payments.begin(newOrder(), usd(3000), 'tok_visa')));
    const [broken, other] = begun.map(({ payment }) => payment);
    // The oldest, so that it is asked about first.
    await postgres.database.query(
      `UPDATE payments SET token = NULL, updated_at = updated_at - interval '1 hour' WHERE id = $1`,
      [broken?.id],
    );
    await expect(resolveUndecided(effects, -1)).rejects.toThrow('neither a token nor an outcome');
    expect(await effects.payments.find(other?.orderId ?? '')).toMatchObject({ status: 'authorised' });
    await postgres.database.query('DELETE FROM payments WHERE id = $1', [broken?.id]);
  });

  const charge = (by: PaymentEffects, orderId: string) =>
    authorisePayment(by, { orderId, amount: usd(3000), token: 'tok_visa', capture: true });

  class Crash extends Error {}
  /** The same effects, of which that call, counted over all of them, ends the process before or after its effect. */
  const crashing = (crashAt: number, when: 'before' | 'after'): PaymentEffects => {
    let calls = 0;
    const wrap = <T extends object>(part: T): T =>
      new Proxy(part, {
        get: (target, name) => {
          const call = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>;
          return async (...args: unknown[]) => {
            const isLast = ++calls === crashAt;
            if (isLast && when === 'before') throw new Crash();
            const answer = await call.apply(target, args);
            if (isLast) throw new Crash();
            return answer;
          };
        },
      });
    return { ...effects, payments: wrap(effects.payments), provider: wrap(effects.provider) };
  };

  test.each([1, 2, 3].flatMap((crashAt) => (['before', 'after'] as const).map((when) => [when, crashAt] as const)))(
    'of a charge, %s its call number %d, is healed by asking again, or by the sweeper first',
    async (when, crashAt) => {
      for (const isSwept of [false, true]) {
        const orderId = newOrder();
        await expect(charge(crashing(crashAt, when), orderId)).rejects.toBeInstanceOf(Crash);
        if (isSwept) await resolveUndecided(effects, -1);
        expect(await charge(effects, orderId)).toMatchObject({ status: 'captured', captured: 3000 });
        expect(await charges(orderId)).toEqual([{ status: 'captured', captured: '3000', refunds: [] }]);
        expect(await events(orderId)).toEqual(['1 payment.authorised.v1', '2 payment.captured.v1']);
        expect(await ledgerSum()).toBe('0');
      }
    },
  );

  test.each([2, 3])(
    'of an authorisation alone, before its call number %d, leaves a charge that takes the money',
    async (crashAt) => {
      const orderId = newOrder();
      await expect(authorise(orderId, 'tok_visa', 3000, crashing(crashAt, 'before'))).rejects.toBeInstanceOf(Crash);
      expect(await charge(effects, orderId)).toMatchObject({ status: 'captured', captured: 3000 });
      expect(await charges(orderId)).toEqual([{ status: 'captured', captured: '3000', refunds: [] }]);
      expect(await events(orderId)).toEqual(['1 payment.authorised.v1', '2 payment.captured.v1']);
    },
  );

  test('leaves nothing owed where charges race with a cancellation', async () => {
    for (let round = 0; round < 10; round++) {
      const orderId = newOrder();
      await Promise.allSettled([charge(effects, orderId), cancelPayment(effects, orderId, 'cancelled')]);
      await cancelPayment(effects, orderId, 'cancelled');
      const payment = await effects.payments.find(orderId);
      expect(payment?.captured).toBe(payment?.refunded);
      const [made] = await charges(orderId);
      expect(made?.status).not.toBe('authorised');
      expect(Number(made?.captured ?? 0)).toBe((made?.refunds ?? []).reduce((sum, { amount }) => sum + amount, 0));
    }
  });
});
