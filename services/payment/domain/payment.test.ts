import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { aCharge, aPayment } from '../testing/payment-fixtures.ts';
import { entriesOf } from './ledger.ts';
import { type Charge, catchUp, evolve, type Payment, type PaymentEvent, refundable } from './payment.ts';

const at = '2026-03-01T10:00:00.000Z';
const types = (events: readonly PaymentEvent[]) => events.map(({ type }) => type);

describe('catching up with the provider', () => {
  test.each<[string, Partial<Payment>, Partial<Charge>, string[]]>([
    ['an answer in time', {}, {}, ['payment.authorised.v1']],
    ['a late answer', { status: 'unknown' }, {}, ['payment.authorised.v1']],
    ['a refusal of the card', {}, { status: 'declined', declineReason: 'card-declined' }, ['payment.declined.v1']],
    [
      'a capture whose authorisation was lost',
      { status: 'unknown' },
      { status: 'captured', captured: 3000 },
      ['payment.authorised.v1', 'payment.captured.v1'],
    ],
    ['a void', { status: 'authorised' }, { status: 'voided' }, ['payment.voided.v1']],
    ['nothing new', { status: 'authorised' }, {}, []],
    ['a void that we know', { status: 'voided' }, { status: 'voided' }, []],
  ])('%s', (_, payment, charge, expected) => {
    expect(types(catchUp(aPayment(payment), aCharge(charge), at))).toEqual(expected);
  });

  test('hearing the same thing any number of times changes nothing after the first', () => {
    const charge = fc.record({
      status: fc.constantFrom<Charge['status']>('authorised', 'captured'),
      parts: fc.array(fc.integer({ min: 1, max: 500 }), { maxLength: 5 }),
    });
    fc.assert(
      fc.property(charge, fc.integer({ min: 1, max: 4 }), ({ status, parts }, times) => {
        const captured = status === 'captured' ? 3000 : 0;
        const refunds = captured > 0 ? parts.map((amount, index) => ({ refundId: `rfd_${index}`, amount })) : [];
        const asked = refunds.map((refund) => ({ ...refund, reason: 'x', done: false, createdAt: at }));
        let payment = aPayment({ refunds: asked });
        const heard = aCharge({ status, captured, refunds });
        const booked: PaymentEvent[] = [];
        for (let time = 0; time < times; time++)
          for (const event of catchUp(payment, heard, at)) {
            booked.push(event);
            payment = evolve(payment, event);
          }
        expect(payment.captured).toBe(captured);
        expect(payment.refunded).toBe(refunds.reduce((sum, { amount }) => sum + amount, 0));
        expect(catchUp(payment, heard, at)).toEqual([]);
        expect(booked.flatMap(entriesOf).reduce((sum, { amount }) => sum + amount, 0)).toBe(0);
        expect(new Set(booked.flatMap(entriesOf).map(({ movement, account }) => `${movement}/${account}`)).size).toBe(
          booked.flatMap(entriesOf).length,
        );
      }),
    );
  });

  test('a full refund ends the payment, a part refund does not', () => {
    const captured = aPayment({ status: 'captured', captured: 3000 });
    const refund = (amount: number): PaymentEvent => ({
      type: 'payment.refunded.v1',
      at,
      refundId: 'rfd_1',
      amount,
      refundedTotal: amount,
    });
    expect(evolve(captured, refund(1000)).status).toBe('captured');
    expect(evolve(captured, refund(3000)).status).toBe('refunded');
  });
});

test('a refund that somebody made at the provider is learnt once', () => {
  const captured = aPayment({ status: 'captured', captured: 3000, reference: 'sandbox_1', version: 2 });
  const refundId = 'rfd_00000000000000000000000009';
  const charge = aCharge({ status: 'captured', captured: 3000, refunds: [{ refundId, amount: 500 }] });
  const events = catchUp(captured, charge, captured.updatedAt);
  expect(events).toMatchObject([{ type: 'payment.refunded.v1', refundId, amount: 500, refundedTotal: 500 }]);
  const after = events.reduce(evolve, captured);
  expect(after).toMatchObject({ refunded: 500, refunds: [{ refundId, amount: 500, done: true }] });
  expect(refundable(after)).toBe(2500);
  expect(catchUp(after, charge, captured.updatedAt)).toEqual([]);
});
