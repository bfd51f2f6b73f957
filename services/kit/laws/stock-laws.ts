import { countOf, type Law, lawResult, pagesOf, type Violation } from './law.ts';

/** Seconds that the expiry job may be late. */
const expiryGraceSeconds = 120;

const conserved: Law = {
  id: 'I6',
  sentence: 'initial and inbound units equal free, reserved and sold ones, and none is negative',
  when: 'always',
  check: async ({ products }) => {
    const broken = await products<{
      product_id: string;
      free: string;
      reserved: string;
      sold: string;
      moved: string;
      held: string;
      taken: string;
    }>(
      `SELECT s.product_id, s.free, s.reserved, s.sold, coalesce(m.moved, 0) AS moved, coalesce(l.held, 0) AS held, coalesce(l.taken, 0) AS taken
         FROM stock s
         LEFT JOIN (SELECT product_id, sum(change) AS moved FROM stock_movements GROUP BY product_id) m USING (product_id)
         LEFT JOIN (SELECT product_id, sum(quantity) FILTER (WHERE status = 'reserved') AS held, sum(quantity) FILTER (WHERE status = 'committed') AS taken
                      FROM reservation_lines GROUP BY product_id) l USING (product_id)
        WHERE s.free < 0 OR s.reserved < 0 OR s.sold < 0 OR coalesce(m.moved, 0) <> s.free + s.reserved + s.sold
           OR coalesce(l.held, 0) <> s.reserved OR coalesce(l.taken, 0) <> s.sold`,
    );
    return lawResult(
      await countOf(products, 'stock'),
      broken,
      ({ product_id }) => product_id,
      ({ free, reserved, sold, moved, held, taken }) =>
        `moved ${moved}, has ${free} free + ${reserved} reserved + ${sold} sold; reservations hold ${held} and sold ${taken}`,
    );
  },
};

const live = ['pending', 'stock-reserved'];
const kept = ['paid', 'processing', 'shipped', 'delivered'];

type OrderUnits = {
  readonly status: string;
  readonly shipped: boolean;
  readonly bought: number;
  /** Units that returns have named, and those of them that went back on the shelf. */
  readonly returned: number;
  readonly restocked: number;
};

/** Units that must still be sold to an order. */
const gone = ({ status, shipped, bought, returned, restocked }: OrderUnits): number => {
  if (kept.includes(status) || (status === 'refunded' && shipped)) return bought - restocked;
  // What was refunded in full before it left went back, but for what a return kept from the shelf.
  return status === 'refunded' ? returned - restocked : 0;
};

/** Whether a reservation in this state may belong to that order. */
const agrees = (reservation: string, order: OrderUnits | undefined): boolean => {
  if (!order) return reservation === 'released' || reservation === 'rejected';
  switch (reservation) {
    case 'reserved':
      return live.includes(order.status);
    case 'committed':
      // Sold before it is charged, and the order tells of both at once.
      return live.includes(order.status) || gone(order) > 0;
    default:
      return gone(order) === 0;
  }
};

const reservationsBelong: Law = {
  id: 'I7',
  sentence: 'a reservation belongs to one order that still needs it, and none outlives its time',
  when: 'quiet',
  check: async ({ products, orders, now }) => {
    let checked = 0;
    const violations: Violation[] = [];
    const pages = pagesOf<{ order_id: string; status: string; reserved_until: Date | null }>(
      products,
      'SELECT order_id, status, reserved_until FROM reservations WHERE order_id > $1 ORDER BY order_id LIMIT $2',
      'order_id',
    );
    const overdueBefore = new Date(now.getTime() - expiryGraceSeconds * 1000);
    for await (const page of pages) {
      checked += page.length;
      // Orders after reservations: nobody reserves for an order that is not written yet.
      const bought = await orders<OrderUnits & { id: string }>(
        `SELECT id, status, shipment IS NOT NULL AS shipped,
                (SELECT sum((line ->> 'quantity')::int) FROM jsonb_array_elements(lines) AS line)::int AS bought,
                coalesce(back.returned, 0)::int AS returned, coalesce(back.restocked, 0)::int AS restocked
           FROM orders
           LEFT JOIN LATERAL (
             SELECT sum((line ->> 'quantity')::int) AS returned, sum((line ->> 'quantity')::int) FILTER (WHERE (line ->> 'isRestocked')::boolean) AS restocked
               FROM jsonb_array_elements(returns) AS each, jsonb_array_elements(each -> 'lines') AS line) AS back ON true
          WHERE id = ANY ($1::text[])`,
        [page.map(({ order_id }) => order_id)],
      );
      const orderOf = new Map(bought.map((row) => [row.id, row]));
      for (const { order_id, status, reserved_until: until } of page) {
        const order = orderOf.get(order_id);
        if (status === 'reserved' && until !== null && until < overdueBefore)
          violations.push({ subject: order_id, detail: 'still holds units after its time' });
        else if (!agrees(status, order))
          violations.push({
            subject: order_id,
            detail: `has a ${status} reservation but is ${order?.status ?? 'not an order'}`,
          });
      }
    }
    return { checked, violations };
  },
};

export const stockLaws: readonly Law[] = [conserved, reservationsBelong];
