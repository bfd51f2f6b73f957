/** What the books have of payments, to be compared with those of others. Reads only. */
import type { Sql } from '../../kit/storage/database.ts';
import type { Payment } from '../domain/payment.ts';
import { type PaymentRow, paymentFrom } from './payment-rows.ts';

/** A payment, and whether the ledger has exactly what it took and gave back, and balances. */
export type BookedPayment = { readonly payment: Payment; readonly ledgerAgrees: boolean };

type BookedRow = PaymentRow & { ledger_agrees: boolean };

const booked = `
  SELECT payments.*, ledger.with_provider = payments.captured - payments.refunded AND ledger.balance = 0 AS ledger_agrees
    FROM payments, LATERAL (
      SELECT coalesce(sum(amount) FILTER (WHERE account = 'provider'), 0) AS with_provider, coalesce(sum(amount), 0) AS balance
        FROM ledger_entries WHERE payment_id = payments.id AND currency = payments.currency) AS ledger`;

const bookedFrom = (row: BookedRow): BookedPayment => ({ payment: paymentFrom(row), ledgerAgrees: row.ledger_agrees });

export const createPaymentBooks = (sql: Sql) => ({
  /** The payments of orders, those that there are. */
  ofOrders: async (orderIds: readonly string[]): Promise<BookedPayment[]> => {
    const { rows } = await sql.query<BookedRow>(`${booked} WHERE payments.order_id = ANY ($1)`, [[...orderIds]], {
      name: 'booked-payments-of-orders',
    });
    return rows.map(bookedFrom);
  },

  /** At most `limit` payments between two ids, both left out, by their ids. */
  page: async ({ after, before, limit }: IdRange): Promise<BookedPayment[]> => {
    const { rows } = await sql.query<BookedRow>(
      `${booked} WHERE payments.id > $1 AND payments.id < $2 ORDER BY payments.id LIMIT $3`,
      [after, before, limit],
      { name: 'page-of-booked-payments' },
    );
    return rows.map(bookedFrom);
  },
});

type IdRange = { readonly after: string; readonly before: string; readonly limit: number };

export type PaymentBooks = ReturnType<typeof createPaymentBooks>;
