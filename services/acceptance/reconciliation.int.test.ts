/** Three services on real databases: drift of every kind is planted behind their backs, named, and repaired by their own use cases. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { systemIds } from '../kit/system-ids.ts';
import { eventually } from '../kit/testing/condition.ts';
import { type Bought, type ShopInProcess, startShopInProcess } from './testing/shop-in-process.ts';

let shop: ShopInProcess;
beforeAll(async () => {
  shop = await startShopInProcess();
});
afterAll(() => shop?.stop());

type About = Partial<Bought> & { readonly paymentId?: string };

const inOrders = (text: string, values: unknown[] = []) => shop.order.store.database.query(text, values);
const inStock = (text: string, values: unknown[] = []) => shop.product.database.query(text, values);
const inPayments = (text: string, values: unknown[] = []) => shop.payment.store.database.query(text, values);

const paymentOf = async (orderId: string): Promise<string> => {
  const { rows } = await shop.payment.store.database.query<{ id: string }>(
    'SELECT id FROM payments WHERE order_id = $1',
    [orderId],
  );
  return rows[0]?.id ?? '';
};
/** The history is append-only even for us. */
const inHistory = async (text: string, values: unknown[]) => {
  await inOrders('ALTER TABLE order_events DISABLE TRIGGER order_events_are_append_only');
  await inOrders(text, values);
  await inOrders('ALTER TABLE order_events ENABLE TRIGGER order_events_are_append_only');
};
const bought = async () => shop.buy();
const cancelled = async () => {
  const all = await shop.buy();
  await shop.ask('POST', `/orders/${all.orderId}/cancel`);
  await shop.reaches(all.orderId, ({ payment }) => payment.refunded.amount === 3000);
  return all;
};
const refundId = () => systemIds.next('rfd');

/** The payment and the charge as if nothing had ever been given back. */
const forgetRefunds = async (orderId: string) => {
  const paymentId = await paymentOf(orderId);
  await inPayments(`UPDATE payments SET status = 'captured', refunded = 0, refunds = '[]' WHERE id = $1`, [paymentId]);
  await inPayments(`DELETE FROM ledger_entries WHERE payment_id = $1 AND movement <> 'capture'`, [paymentId]);
  await inPayments(`UPDATE sandbox.charges SET refunds = '[]' WHERE key = $1`, [paymentId]);
};
/** So long ago that the comparison with the provider covers it. */
const longAgo = async (orderId: string) => {
  const paymentId = await paymentOf(orderId);
  await inPayments(`UPDATE payments SET created_at = now() - interval '1 hour' WHERE id = $1`, [paymentId]);
  await inPayments(`UPDATE sandbox.charges SET created_at = now() - interval '1 hour' WHERE key = $1`, [paymentId]);
  return paymentId;
};

const plants: readonly [kind: string, repair: string | null, plant: () => Promise<About>][] = [
  [
    'order-stuck',
    'drive-order',
    async () => {
      const { orderId } = await bought();
      await inHistory(
        `INSERT INTO order_events SELECT id, version + 1, $2, 'order.cancelled.v1', '{"reason": "cancelled-by-staff"}', now() FROM orders WHERE id = $1`,
        [orderId, systemIds.next('evt')],
      );
      // Not even the sweeper sees that it is owed something.
      await inOrders(
        `UPDATE orders SET status = 'cancelled', cancel_reason = 'cancelled-by-staff', version = version + 1, updated_at = now() - interval '1 day' WHERE id = $1`,
        [orderId],
      );
      return { orderId };
    },
  ],
  [
    'history-gap',
    null,
    async () => {
      const { orderId } = await bought();
      await inHistory('DELETE FROM order_events WHERE order_id = $1 AND sequence = 2', [orderId]);
      return { orderId };
    },
  ],
  [
    'history-differs',
    null,
    async () => {
      const { orderId } = await bought();
      await inOrders('UPDATE orders SET refunded = 100 WHERE id = $1', [orderId]);
      return { orderId };
    },
  ],
  [
    'paid-order-without-payment',
    'cancel-order',
    async () => {
      const { orderId } = await bought();
      const paymentId = await paymentOf(orderId);
      await inPayments('DELETE FROM ledger_entries WHERE payment_id = $1', [paymentId]);
      await inPayments('DELETE FROM payments WHERE id = $1', [paymentId]);
      await inPayments('DELETE FROM sandbox.charges WHERE key = $1', [paymentId]);
      return { orderId };
    },
  ],
  [
    'payment-not-captured',
    'capture-payment',
    async () => {
      const { orderId } = await bought();
      const paymentId = await paymentOf(orderId);
      await inPayments('DELETE FROM ledger_entries WHERE payment_id = $1', [paymentId]);
      await inPayments(`UPDATE payments SET status = 'authorised', captured = 0 WHERE id = $1`, [paymentId]);
      await inPayments(`UPDATE sandbox.charges SET status = 'authorised', captured = 0 WHERE key = $1`, [paymentId]);
      return { orderId };
    },
  ],
  [
    'payment-of-dead-order',
    'cancel-payment',
    async () => {
      const { orderId } = await cancelled();
      await forgetRefunds(orderId);
      return { orderId };
    },
  ],
  [
    'payment-without-order',
    'cancel-payment',
    async () => {
      const orderId = systemIds.next('ord');
      const amount = { amount: 700, currency: 'USD' };
      await shop.payment.doorFor('order').authorise({ orderId, amount, token: 'tok_visa', capture: true });
      return { orderId };
    },
  ],
  [
    'amount-differs',
    null,
    async () => {
      const { orderId } = await bought();
      await inPayments('UPDATE payments SET amount = amount + 1 WHERE order_id = $1', [orderId]);
      return { orderId };
    },
  ],
  [
    'refund-missing',
    'refund-payment',
    async () => {
      const { orderId } = await bought();
      await shop.ask('POST', `/orders/${orderId}/refund`, {
        amount: { amount: 500, currency: 'USD' },
        reason: 'scratched',
      });
      await shop.reaches(orderId, ({ payment }) => payment.refunded.amount === 500);
      await forgetRefunds(orderId);
      return { orderId };
    },
  ],
  [
    'refund-not-in-order',
    'record-refund',
    async () => {
      const { orderId } = await bought();
      const amount = { amount: 400, currency: 'USD' };
      await shop.payment.doorFor('order').refund({ orderId, refundId: refundId(), amount, reason: 'at the provider' });
      return { orderId };
    },
  ],
  [
    'ledger-gap',
    null,
    async () => {
      const { orderId } = await bought();
      await inPayments(`DELETE FROM ledger_entries WHERE payment_id = $1 AND account = 'sales'`, [
        await paymentOf(orderId),
      ]);
      return { orderId };
    },
  ],
  [
    'reservation-without-order',
    'release-stock',
    async () => {
      const productId = await shop.product.create({ stock: 10 });
      const orderId = systemIds.next('ord');
      await shop.product.grpcClient().reserveStock({ orderId, lines: [{ productId, quantity: 2 }], sell: true });
      return { orderId };
    },
  ],
  [
    'reservation-without-live-order',
    'release-stock',
    async () => {
      const { orderId, productId } = await cancelled();
      await inStock(`UPDATE reservations SET status = 'committed', released_from = NULL WHERE order_id = $1`, [
        orderId,
      ]);
      await inStock('UPDATE stock SET free = free - 1, sold = sold + 1 WHERE product_id = $1', [productId]);
      return { orderId };
    },
  ],
  [
    'stock-not-sold',
    'commit-stock',
    async () => {
      const { orderId, productId } = await bought();
      await inStock(
        `UPDATE reservations SET status = 'reserved', reserved_until = now() + interval '100 years' WHERE order_id = $1`,
        [orderId],
      );
      await inStock('UPDATE stock SET reserved = reserved + 1, sold = sold - 1 WHERE product_id = $1', [productId]);
      return { orderId };
    },
  ],
  [
    'order-without-stock',
    'sell-stock',
    async () => {
      const { orderId, productId } = await bought();
      await inStock('DELETE FROM reservations WHERE order_id = $1', [orderId]);
      await inStock('DELETE FROM reservation_claims WHERE order_id = $1', [orderId]);
      await inStock('UPDATE stock SET free = free + 1, sold = sold - 1 WHERE product_id = $1', [productId]);
      return { orderId };
    },
  ],
  [
    'sold-units-differ',
    null,
    async () => {
      const { orderId, productId } = await bought();
      await inStock(`UPDATE reservations SET quantities = '{3}' WHERE order_id = $1`, [orderId]);
      await inStock('UPDATE stock SET free = free - 2, sold = sold + 2 WHERE product_id = $1', [productId]);
      return { orderId };
    },
  ],
  [
    'stock-adrift',
    null,
    async () => {
      const productId = await shop.product.create({ stock: 10 });
      await inStock('UPDATE stock SET free = free + 1 WHERE product_id = $1', [productId]);
      return { productId };
    },
  ],
  [
    'refund-differs',
    'learn-from-provider',
    async () => {
      const { orderId } = await bought();
      const refunds = JSON.stringify([{ refundId: refundId(), amount: 200 }]);
      await inPayments('UPDATE sandbox.charges SET refunds = $2 WHERE key = $1', [await longAgo(orderId), refunds]);
      return { paymentId: await paymentOf(orderId), orderId };
    },
  ],
  [
    'charge-without-payment',
    null,
    async () => {
      const paymentId = systemIds.next('pay');
      await inPayments(
        `INSERT INTO sandbox.charges (key, amount, currency, status, captured, created_at) VALUES ($1, 5, 'USD', 'captured', 5, now() - interval '1 hour')`,
        [paymentId],
      );
      return { paymentId };
    },
  ],
];

/** What a reconciliation says of one order, payment or product. */
const saidOf = async ({ orderId, paymentId, productId }: About, repair: boolean) =>
  (await shop.reconcile(repair)).drifts
    .filter((drift) =>
      [orderId, paymentId, productId].some((id) => id !== undefined && Object.values(drift).includes(id)),
    )
    .map(({ kind, repair: named, outcome }) => [kind, named, outcome]);

test('units that came back are no drift, in part and in full, put on the shelf or not', async () => {
  for (const restock of [true, false]) {
    const { orderId, productId } = await bought();
    await shop.ask('POST', `/orders/${orderId}/ship`, { carrier: 'UPS', trackingNumber: '1Z' });
    const items = [{ productId, quantity: 1, restock }];
    await shop.ask('POST', `/orders/${orderId}/returns`, { items, reason: 'too small' });
    await shop.reaches(orderId, ({ payment }) => payment.refunded.amount === 3000);
    const { free, sold } = restock ? { free: 10, sold: 0 } : { free: 9, sold: 1 };
    await eventually(async () => expect(await shop.product.stockOf(productId)).toEqual({ free, reserved: 0, sold }));
    expect(await saidOf({ orderId, productId }, false)).toEqual([]);
  }
});

describe('planted behind the back of the services', () => {
  test.each(plants)('%s is named with the repair %s', async (kind, repair, plant) => {
    const about = await plant();
    expect(await saidOf(about, false)).toEqual([[kind, repair, 'found']]);
    const mended = repair === null ? 'left' : 'repaired';
    const repaired = await saidOf(about, true);
    expect(repaired[0]).toEqual([kind, repair, mended]);
    // What our books learnt from the provider, the order has to learn too; the same run sees to it.
    expect(repaired.slice(1)).toEqual(
      kind === 'refund-differs' ? [['refund-not-in-order', 'record-refund', 'repaired']] : [],
    );
    expect(await saidOf(about, false)).toEqual(repair === null ? [[kind, null, 'found']] : []);
  });
});
