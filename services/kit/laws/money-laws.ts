import { countOf, type Law, lawResult, pagesOf, type Violation } from './law.ts';

const sold = ['paid', 'processing', 'shipped', 'delivered'];

/** What a payment of an order took, gave back and came to. */
type PaymentOfOrder = {
  readonly order_id: string;
  readonly status: string;
  readonly captured: string;
  readonly refunded: string;
};
type OrderMoney = {
  readonly id: string;
  readonly status: string;
  readonly total: string;
  readonly captured: string;
  readonly refunded: string;
};

const faultsOf = (
  { status, total, captured, refunded }: OrderMoney,
  payment: PaymentOfOrder | undefined,
  reservation: string,
): string[] => {
  const taken = Number(payment?.captured ?? 0);
  const givenBack = Number(payment?.refunded ?? 0);
  const isSold = sold.includes(status);
  const isUndone = status === 'cancelled' || status === 'payment-failed';
  const wrong: string[] = [];
  if (Number(captured) !== taken || Number(refunded) !== givenBack)
    wrong.push(`says ${captured} captured and ${refunded} refunded, the payment says ${taken} and ${givenBack}`);
  if (isSold && taken !== Number(total)) wrong.push(`is ${status} but ${taken} of ${total} was captured`);
  if (isSold && reservation !== 'committed') wrong.push(`is ${status} but its stock is ${reservation}`);
  if (!isSold && taken !== givenBack) wrong.push(`is ${status} but keeps ${taken - givenBack} of the customer's money`);
  if (isUndone && (reservation === 'reserved' || reservation === 'committed'))
    wrong.push(`is ${status} but its stock is still ${reservation}`);
  if (isUndone && payment?.status === 'authorised') wrong.push(`is ${status} but its payment is still authorised`);
  return wrong;
};

const goodsForMoney: Law = {
  id: 'I12',
  sentence: 'a paid order has its money captured and its stock sold; a cancelled or unpaid one has given both back',
  when: 'quiet',
  check: async ({ orders, payments, products }) => {
    let checked = 0;
    const violations: Violation[] = [];
    const pages = pagesOf<OrderMoney & { owed: boolean }>(
      orders,
      'SELECT id, status, total, captured, refunded, owed FROM orders WHERE id > $1 ORDER BY id LIMIT $2',
      'id',
    );
    for await (const page of pages) {
      checked += page.length;
      const ids = page.map(({ id }) => id);
      const paid = await payments<PaymentOfOrder>(
        'SELECT order_id, status, captured, refunded FROM payments WHERE order_id = ANY ($1::text[])',
        [ids],
      );
      const held = await products<{ order_id: string; status: string }>(
        'SELECT order_id, status FROM reservations WHERE order_id = ANY ($1::text[])',
        [ids],
      );
      const paymentOf = new Map(paid.map((payment) => [payment.order_id, payment]));
      const reservationOf = new Map(held.map(({ order_id, status }) => [order_id, status]));
      for (const order of page.filter(({ owed }) => !owed))
        for (const detail of faultsOf(order, paymentOf.get(order.id), reservationOf.get(order.id) ?? 'none'))
          violations.push({ subject: order.id, detail });
    }
    return { checked, violations };
  },
};

const sumsAreRight: Law = {
  id: 'I13',
  sentence: 'an order costs the sum of its lines, and every movement in the ledger sums to zero',
  when: 'always',
  check: async ({ orders, payments }) => {
    const wrongTotals = await orders<{ id: string; total: string; lines: string }>(
      `SELECT id, total, lines FROM (
         SELECT id, total,
                (SELECT coalesce(sum((l -> 'unitPrice' ->> 'amount')::bigint * (l ->> 'quantity')::bigint), 0) FROM jsonb_array_elements(o.lines) l) AS lines
           FROM orders o) sums WHERE total <> lines`,
    );
    const unbalanced = await payments<{ payment_id: string; movement: string; sum: string }>(
      'SELECT payment_id, movement, sum(amount) AS sum FROM ledger_entries GROUP BY payment_id, movement HAVING sum(amount) <> 0',
    );
    const unbooked = await payments<{ id: string; net: string; booked: string }>(
      `SELECT p.id, p.captured - p.refunded AS net, coalesce(sum(l.amount), 0) AS booked
         FROM payments p LEFT JOIN ledger_entries l ON l.payment_id = p.id AND l.account = 'provider'
        GROUP BY p.id HAVING p.captured - p.refunded <> coalesce(sum(l.amount), 0)`,
    );
    const checked = (await countOf(orders, 'orders')) + (await countOf(payments, 'ledger_entries'));
    const parts = [
      lawResult(
        checked,
        wrongTotals,
        ({ id }) => id,
        ({ total, lines }) => `costs ${total} but its lines sum to ${lines}`,
      ),
      lawResult(
        checked,
        unbalanced,
        ({ payment_id }) => payment_id,
        ({ movement, sum }) => `has a movement ${movement} that sums to ${sum}`,
      ),
      lawResult(
        checked,
        unbooked,
        ({ id }) => id,
        ({ net, booked }) => `holds ${net} but the ledger has ${booked}`,
      ),
    ];
    return { checked, violations: parts.flatMap(({ violations }) => violations) };
  },
};

export const moneyLaws: readonly Law[] = [goodsForMoney, sumsAreRight];
