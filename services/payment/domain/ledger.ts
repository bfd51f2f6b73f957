/** Double entry: every movement of money is booked on two accounts and sums to zero. Pure. */
import type { PaymentEvent } from './payment.ts';

export type Account = 'provider' | 'sales';

/** Minor units; positive is debit, negative is credit. `movement` is booked at most once per payment. */
export type Entry = { readonly movement: string; readonly account: Account; readonly amount: number };

const move = (movement: string, from: Account, to: Account, amount: number): Entry[] => [
  { movement, account: to, amount },
  { movement, account: from, amount: -amount },
];

/** Entries that an event books: the provider owes us what was captured, and no longer what was refunded. */
export const entriesOf = (event: PaymentEvent): Entry[] => {
  switch (event.type) {
    case 'payment.captured.v1':
      return move('capture', 'sales', 'provider', event.amount);
    case 'payment.refunded.v1':
      return move(event.refundId, 'provider', 'sales', event.amount);
    default:
      return [];
  }
};
