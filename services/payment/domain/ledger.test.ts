/** The ledger against a model of the provider: whatever it does, and however late, doubled or lost its word is, the books balance. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { aCharge, aPayment } from '../testing/payment-fixtures.ts';
import { driftOf } from './drift.ts';
import { type Entry, entriesOf } from './ledger.ts';
import { type Charge, catchUp, evolve, type Payment, refundable } from './payment.ts';

const at = '2026-03-01T10:00:00.000Z';
const begun = aPayment();
const money = { amount: begun.amount, currency: begun.currency };

/** What may follow in one step; anything else is a fault of the books. */
const steps: Readonly<Record<Payment['status'], readonly Payment['status'][]>> = {
  pending: ['authorised', 'declined'],
  unknown: ['authorised', 'declined'],
  authorised: ['captured', 'voided'],
  declined: [],
  captured: ['captured', 'refunded'],
  voided: [],
  refunded: [],
};

/** The provider, by its own rules. */
class Provider {
  /** The charge as it was after each thing that happened to it, the newest last. */
  readonly past: Charge[] = [];

  get now(): Charge | undefined {
    return this.past.at(-1);
  }

  become(changes: Partial<Charge>) {
    this.past.push({ ...(this.now ?? aCharge()), ...changes });
  }
}

/** Our books, and what must be true of them after each event. */
class Books {
  payment: Payment = begun;
  readonly entries: Entry[] = [];

  hear(charge: Charge) {
    for (const event of catchUp(this.payment, charge, at)) {
      const after = evolve(this.payment, event);
      expect(steps[this.payment.status]).toContain(after.status);
      this.entries.push(...entriesOf(event));
      this.payment = after;
      this.check();
    }
  }

  check() {
    const { captured, refunded, amount } = this.payment;
    const sum = (entries: readonly Entry[]) => entries.reduce((total, entry) => total + entry.amount, 0);
    expect(sum(this.entries)).toBe(0);
    expect(sum(this.entries.filter(({ account }) => account === 'provider'))).toBe(captured - refunded);
    expect(captured).toBeLessThanOrEqual(amount);
    expect(refunded).toBeLessThanOrEqual(captured);
    const booked = this.entries.map(({ movement, account }) => `${movement}/${account}`);
    expect(new Set(booked).size).toBe(booked.length);
  }
}

type Real = { readonly provider: Provider; readonly books: Books };
type Step = { readonly name: string; readonly run: (real: Real) => void };

const steadily = (name: string, from: Charge['status'] | undefined, changes: Partial<Charge>): fc.Arbitrary<Step> =>
  fc.constant({
    name,
    run: ({ provider }) => {
      if (provider.now?.status === from) provider.become(changes);
    },
  });

const refund = fc.record({ amount: fc.integer({ min: 1, max: 2000 }), isOurs: fc.boolean() }).map(
  ({ amount, isOurs }): Step => ({
    name: `refund of ${amount}${isOurs ? '' : ' in the dashboard'}`,
    run: ({ provider, books }) => {
      const { captured = 0, refunds = [] } = provider.now ?? {};
      const refundId = `rfd_${provider.past.length}_${books.payment.refunds.length}`;
      if (isOurs && amount > refundable(books.payment)) return;
      // Ours is noted before the provider is asked for it.
      if (isOurs)
        books.payment = {
          ...books.payment,
          refunds: [...books.payment.refunds, { refundId, amount, reason: 'damaged', done: false, createdAt: at }],
        };
      const left = captured - refunds.reduce((sum, each) => sum + each.amount, 0);
      if (amount <= left) provider.become({ refunds: [...refunds, { refundId, amount }] });
    },
  }),
);

/** Word of what is or was: the answer to a call, or a notice that comes late, doubled or out of turn. */
const word = fc.nat({ max: 20 }).map(
  (back): Step => ({
    name: `word of ${back} ago`,
    run: ({ provider, books }) => {
      const told = provider.past.at(-1 - back);
      if (told) books.hear(told);
    },
  }),
);

const anything = fc.oneof(
  steadily('authorise', undefined, { status: 'authorised' }),
  steadily('decline', undefined, { status: 'declined', declineReason: 'card-declined' }),
  steadily('capture', 'authorised', { status: 'captured', captured: begun.amount }),
  steadily('void', 'authorised', { status: 'voided' }),
  { arbitrary: refund, weight: 2 },
  { arbitrary: word, weight: 4 },
);

test('the books balance at every moment, and are those of the provider once its last word is heard', () => {
  fc.assert(
    fc.property(fc.array(anything, { maxLength: 40 }), (happenings) => {
      const real: Real = { provider: new Provider(), books: new Books() };
      for (const { run } of happenings) run(real);
      const { provider, books } = real;
      if (!provider.now) return;
      books.hear(provider.now);
      expect(driftOf(books.payment, { ...provider.now, ...money })).toEqual([]);
      expect(catchUp(books.payment, provider.now, at)).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
