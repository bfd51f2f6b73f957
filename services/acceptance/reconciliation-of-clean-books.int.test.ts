/** A comparison that cries wolf is not looked at: ten thousand orders of every fate show no drift. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemIds } from '../kit/system-ids.ts';
import { replay } from '../order/domain/order.ts';
import type { OrderEvent } from '../order/domain/order-event.ts';
import { allColumns, eventData } from '../order/storage/order-rows.ts';
import { aPlacedEvent } from '../order/testing/order-fixtures.ts';
import { type ShopInProcess, startShopInProcess } from './testing/shop-in-process.ts';

let shop: ShopInProcess;
beforeAll(async () => {
  shop = await startShopInProcess();
});
afterAll(() => shop?.stop());

const many = 10_000;
const at = new Date(Date.now() - 600_000).toISOString();
const paymentId = () => systemIds.next('pay');

const reserved: OrderEvent = { type: 'order.stock-reserved.v1', at, reservedUntil: at };
const processed: OrderEvent = { type: 'order.processing-started.v1', at };
const shipped: OrderEvent = { type: 'order.shipped.v1', at, carrier: 'UPS', trackingNumber: '1Z' };
const cancelled: OrderEvent = { type: 'order.cancelled.v1', at, reason: 'cancelled-by-customer' };
const refundOf = (amount: number): OrderEvent[] => {
  const refundId = systemIds.next('rfd');
  return [
    { type: 'order.refund-requested.v1', at, refundId, amount, reason: 'damaged' },
    { type: 'order.refunded.v1', at, refundId, amount },
  ];
};

/** The unit comes back, and whether it goes on the shelf. */
const returnOf = (isRestocked: boolean): OrderEvent[] => {
  const returnId = systemIds.next('ret');
  const lines = [{ productId: '', quantity: 1, isRestocked }];
  return [
    { type: 'order.items-returned.v1', at, returnId, lines, reason: 'too small', refundId: null },
    ...(isRestocked ? [{ type: 'order.restocked.v1' as const, at, returnId }] : []),
  ];
};

type Fate = { readonly events: OrderEvent[]; readonly payment: string | null; readonly reservation: string | null };
const price = 3000;
const paid = (id: string): OrderEvent => ({ type: 'order.paid.v1', at, paymentId: id, captured: price });

/** Everything that can have become of an order, with what payment and stock have of it then. */
const fates: readonly ((payment: string) => Fate)[] = [
  (id) => ({ events: [reserved, paid(id)], payment: 'captured', reservation: 'committed' }),
  (id) => ({ events: [reserved, paid(id), processed, shipped], payment: 'captured', reservation: 'committed' }),
  (id) => ({ events: [reserved, paid(id), ...refundOf(1000)], payment: 'captured', reservation: 'committed' }),
  (id) => ({ events: [reserved, paid(id), ...refundOf(price)], payment: 'refunded', reservation: 'released' }),
  (id) => ({
    events: [reserved, paid(id), processed, shipped, ...refundOf(1), ...refundOf(price - 1)],
    payment: 'refunded',
    reservation: 'committed',
  }),
  (id) => ({
    events: [reserved, paid(id), processed, shipped, ...returnOf(true), ...refundOf(price)],
    ...{ payment: 'refunded', reservation: 'released' },
  }),
  (id) => ({
    events: [reserved, paid(id), processed, shipped, ...returnOf(false)],
    ...{ payment: 'captured', reservation: 'committed' },
  }),
  (id) => ({
    events: [reserved, paid(id), ...returnOf(false), ...refundOf(price)],
    ...{ payment: 'refunded', reservation: 'committed' },
  }),
  (id) => ({
    events: [
      ...[reserved, paid(id), cancelled],
      { type: 'order.closed.v1', at, paymentId: id, captured: price, refunded: price },
    ],
    payment: 'refunded',
    reservation: 'released',
  }),
  () => ({
    events: [cancelled, { type: 'order.closed.v1', at, paymentId: null, captured: 0, refunded: 0 }],
    payment: null,
    reservation: null,
  }),
  (id) => ({
    events: [
      reserved,
      { type: 'order.payment-failed.v1', at, reason: 'card-declined' },
      { type: 'order.closed.v1', at, paymentId: id, captured: 0, refunded: 0 },
    ],
    payment: 'declined',
    reservation: 'released',
  }),
];

/** Writes what the three services have of orders, whole tables at a time. */
const load = async () => {
  const productId = await shop.product.create({ stock: 100_000 });
  const made = Array.from({ length: many }, (_, index) => {
    const id = paymentId();
    const fate = (fates[index % fates.length] as (typeof fates)[number])(id);
    const placed = aPlacedEvent({ orderId: systemIds.next('ord'), total: price });
    const lines = placed.lines.map((line) => ({ ...line, productId }));
    const events: OrderEvent[] = [{ ...placed, lines }, ...fate.events].map((event) =>
      event.type === 'order.items-returned.v1'
        ? { ...event, lines: event.lines.map((line) => ({ ...line, productId })) }
        : event,
    );
    return { id, fate, events, order: replay(events) };
  });
  const { database: orders } = shop.order.store;
  await orders.query('INSERT INTO orders SELECT * FROM jsonb_populate_recordset(NULL::orders, $1)', [
    JSON.stringify(made.map(({ order }) => allColumns(order))),
  ]);
  await orders.query(`INSERT INTO order_events SELECT * FROM jsonb_populate_recordset(NULL::order_events, $1)`, [
    JSON.stringify(
      made.flatMap(({ order, events }) =>
        events.map((event, index) => ({
          order_id: order.id,
          sequence: index + 1,
          event_id: systemIds.next('evt'),
          type: event.type,
          data: eventData(event),
          at,
        })),
      ),
    ),
  ]);
  const { database: payments } = shop.payment.store;
  const charged = made.filter(({ fate }) => fate.payment !== null);
  const begun = { currency: 'USD', version: 3, created_at: at, updated_at: at };
  await payments.query('INSERT INTO payments SELECT * FROM jsonb_populate_recordset(NULL::payments, $1)', [
    JSON.stringify(
      charged.map(({ id, fate, order }) => ({
        ...begun,
        id,
        order_id: order.id,
        status: fate.payment,
        amount: price,
        captured: fate.payment === 'declined' ? 0 : price,
        refunded: fate.payment === 'refunded' ? price : order.refunded,
        // A cancellation gives back under an id that the order does not know.
        refunds: (fate.payment === 'refunded' && order.refunds.length === 0
          ? [{ refundId: systemIds.next('rfd'), amount: price, reason: 'cancelled' }]
          : order.refunds
        ).map((refund) => ({ ...refund, done: true, createdAt: at })),
        reference: `sandbox_of_${id}`,
      })),
    ),
  ]);
  await payments.query(
    `INSERT INTO sandbox.charges (reference, key, amount, currency, status, captured, refunds, created_at)
     SELECT reference, id, amount, currency, CASE WHEN status = 'declined' THEN 'declined' ELSE 'captured' END, captured, refunds, created_at FROM payments WHERE reference LIKE 'sandbox_of_%'`,
  );
  await payments.query(
    `INSERT INTO ledger_entries SELECT id, movement, account, CASE account WHEN 'provider' THEN amount ELSE -amount END, 'USD', created_at
       FROM (SELECT id, 'capture' AS movement, captured AS amount, created_at FROM payments WHERE captured > 0
             UNION ALL SELECT id, r ->> 'refundId', -(r ->> 'amount')::bigint, created_at FROM payments, jsonb_array_elements(refunds) r) m,
            unnest(ARRAY['provider', 'sales']) AS account`,
  );
  const { database: stock } = shop.product;
  await stock.query('INSERT INTO reservations SELECT * FROM jsonb_populate_recordset(NULL::reservations, $1)', [
    JSON.stringify(
      made
        .filter(({ fate }) => fate.reservation !== null)
        .map(({ fate, order }) => ({
          order_id: order.id,
          status: fate.reservation,
          product_ids: [productId],
          quantities: [1],
          shortages: [],
          sequence: 2,
          created_at: at,
          updated_at: at,
        })),
    ),
  ]);
  const sold = made.filter(({ fate }) => fate.reservation === 'committed').length;
  await stock.query('UPDATE stock SET free = free - $2::bigint, sold = $2::bigint WHERE product_id = $1', [
    productId,
    sold,
  ]);
};

test('ten thousand orders of every fate show no drift', async () => {
  await load();
  const { reconciliation, drifts } = await shop.reconcile(true);
  expect(drifts).toEqual([]);
  expect(reconciliation.compared.orders).toBe(many);
  expect(reconciliation.underWay).toBe(0);
});
