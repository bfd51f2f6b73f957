/** That the provider's books of charges, as the sandbox keeps them, and ours agree. */
import type { Law, Violation } from '../../services/kit/laws/law.ts';
import { lawsElsewhere } from '../../services/kit/laws/laws-elsewhere.ts';
import type { Facts } from './facts.ts';

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

const noDoubleCharge: Law<Facts> = {
  ...lawsElsewhere.I10,
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

const booksAgree: Law<Facts> = {
  ...lawsElsewhere.I11,
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

export const providerLaws: readonly Law<Facts>[] = [noDoubleCharge, booksAgree];
