import { countOf, type Facts, type Law, lawResult, type Violation } from './law.ts';

type Charge = { key: string; status: string; amount: string; captured: string; given_back: string };
type Payment = {
  id: string;
  order_id: string;
  status: string;
  amount: string;
  captured: string;
  refunded: string;
  stale: boolean;
};

const charges = ({ payments }: Facts) =>
  payments<Charge>(
    `SELECT key, status, amount, captured, (SELECT coalesce(sum((r ->> 'amount')::bigint), 0) FROM jsonb_array_elements(refunds) r) AS given_back FROM sandbox.charges`,
  );

const ourPayments = ({ payments, now, limitSeconds }: Facts) =>
  payments<Payment>(
    `SELECT id, order_id, status, amount, captured, refunded,
            status IN ('pending', 'unknown') AND updated_at < $1::timestamptz - make_interval(secs => $2) AS stale FROM payments`,
    [now, limitSeconds],
  );

const noDoubleCharge: Law = {
  id: 'I10',
  sentence:
    "no order is charged twice, captured beyond its authorisation or refunded beyond its capture, by the provider's own books",
  when: 'always',
  check: async (facts) => {
    const books = await charges(facts);
    // Charges first: a payment that begins in between has no charge yet, never the other way round.
    const orderOf = new Map((await ourPayments(facts)).map(({ id, order_id }) => [id, order_id]));
    const perOrder = new Map<string, Charge[]>();
    const violations: Violation[] = [];
    for (const charge of books) {
      const orderId = orderOf.get(charge.key);
      if (!orderId)
        violations.push({
          subject: charge.key,
          detail: 'is charged by the provider for a payment that we do not know',
        });
      else perOrder.set(orderId, [...(perOrder.get(orderId) ?? []), charge]);
      if (Number(charge.captured) > Number(charge.amount))
        violations.push({ subject: charge.key, detail: `captured ${charge.captured} of ${charge.amount}` });
      if (Number(charge.given_back) > Number(charge.captured))
        violations.push({ subject: charge.key, detail: `refunded ${charge.given_back} of ${charge.captured}` });
    }
    for (const [orderId, list] of perOrder)
      if (list.filter(({ captured }) => Number(captured) > 0).length > 1)
        violations.push({ subject: orderId, detail: `was charged ${list.length} times` });
    return { checked: books.length, violations };
  },
};

const booksAgree: Law = {
  id: 'I11',
  sentence: "the provider's captures and refunds are ours, both ways, and no outcome stays unknown",
  when: 'quiet',
  check: async (facts) => {
    const books = new Map((await charges(facts)).map((charge) => [charge.key, charge]));
    const known = new Set((await facts.orders<{ id: string }>('SELECT id FROM orders')).map(({ id }) => id));
    const ours = await ourPayments(facts);
    const violations = ours.flatMap((payment): Violation[] => {
      const charge = books.get(payment.id);
      const theirs = `${charge?.captured ?? 0} captured and ${charge?.given_back ?? 0} refunded`;
      const own = `${payment.captured} captured and ${payment.refunded} refunded`;
      return [
        ...(payment.stale
          ? [{ subject: payment.order_id, detail: `has a payment that is ${payment.status} for too long` }]
          : []),
        ...(theirs === own
          ? []
          : [{ subject: payment.order_id, detail: `has ${own} here and ${theirs} at the provider` }]),
        ...(known.has(payment.order_id) || Number(payment.captured) === 0
          ? []
          : [{ subject: payment.order_id, detail: 'was charged and is not an order' }]),
      ];
    });
    return { checked: ours.length, violations };
  },
};

const sold = ['paid', 'processing', 'shipped', 'delivered'];

const goodsForMoney: Law = {
  id: 'I12',
  sentence: 'a paid order has its money captured and its stock sold; a cancelled or unpaid one has given both back',
  when: 'quiet',
  check: async (facts) => {
    const payments = new Map((await ourPayments(facts)).map((payment) => [payment.order_id, payment]));
    const reservations = new Map(
      (await facts.products<{ order_id: string; status: string }>('SELECT order_id, status FROM reservations')).map(
        (row) => [row.order_id, row.status],
      ),
    );
    const orders = await facts.orders<{
      id: string;
      status: string;
      total: string;
      captured: string;
      refunded: string;
      owed: boolean;
    }>('SELECT id, status, total, captured, refunded, owed FROM orders');
    const violations = orders.flatMap(({ id, status, total, captured, refunded, owed }): Violation[] => {
      if (owed) return [];
      const payment = payments.get(id);
      const taken = Number(payment?.captured ?? 0);
      const givenBack = Number(payment?.refunded ?? 0);
      const reservation = reservations.get(id) ?? 'none';
      const wrong: string[] = [];
      if (Number(captured) !== taken || Number(refunded) !== givenBack)
        wrong.push(`says ${captured} captured and ${refunded} refunded, the payment says ${taken} and ${givenBack}`);
      if (sold.includes(status) && taken !== Number(total))
        wrong.push(`is ${status} but ${taken} of ${total} was captured`);
      if (sold.includes(status) && reservation !== 'committed')
        wrong.push(`is ${status} but its stock is ${reservation}`);
      if (!sold.includes(status) && taken !== givenBack)
        wrong.push(`is ${status} but keeps ${taken - givenBack} of the customer's money`);
      if (
        (status === 'cancelled' || status === 'payment-failed') &&
        (reservation === 'reserved' || reservation === 'committed')
      )
        wrong.push(`is ${status} but its stock is still ${reservation}`);
      if ((status === 'cancelled' || status === 'payment-failed') && payment?.status === 'authorised')
        wrong.push(`is ${status} but its payment is still authorised`);
      return wrong.map((detail) => ({ subject: id, detail }));
    });
    return { checked: orders.length, violations };
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

export const moneyLaws: readonly Law[] = [noDoubleCharge, booksAgree, goodsForMoney, sumsAreRight];
