import type { OrderEvent } from '../domain/order-event.ts';

const at = '2026-03-01T10:00:00.000Z';

export const anAddress = { street: '1 Long Road', city: 'Springfield', zip: '12345', country: 'US' };

export const aPlacedEvent = ({
  total = 3000,
  orderId = 'ord_00000000000000000000000001',
} = {}): OrderEvent & { type: 'order.placed.v1' } => ({
  type: 'order.placed.v1',
  at,
  orderId,
  customer: { userId: 'usr_00000000000000000000000001', sessionId: null, name: 'Ada Example' },
  email: 'ada@example.com',
  lines: [
    {
      productId: 'prd_00000000000000000000000001',
      title: 'A film',
      quantity: 1,
      unitPrice: { amount: total, currency: 'USD' },
      lineTotal: { amount: total, currency: 'USD' },
    },
  ],
  total: { amount: total, currency: 'USD' },
  shippingAddress: anAddress,
  cartOwner: null,
});

/** One event of each type. */
export const someEvents: readonly OrderEvent[] = [
  aPlacedEvent(),
  { type: 'order.claimed.v1', at, userId: 'usr_00000000000000000000000001' },
  { type: 'order.stock-reserved.v1', at, reservedUntil: at },
  { type: 'order.paid.v1', at, paymentId: 'pay_00000000000000000000000001', captured: 3000 },
  { type: 'order.processing-started.v1', at },
  { type: 'order.shipped.v1', at, carrier: 'UPS', trackingNumber: '1Z' },
  { type: 'order.delivered.v1', at },
  { type: 'order.cancelled.v1', at, reason: 'cancelled-by-customer', note: 'found it elsewhere' },
  { type: 'order.payment-failed.v1', at, reason: 'card-declined' },
  { type: 'order.closed.v1', at, paymentId: null, captured: 0, refunded: 0 },
  { type: 'order.refund-requested.v1', at, refundId: 'rfd_00000000000000000000000001', amount: 100, reason: 'damaged' },
  { type: 'order.refunded.v1', at, refundId: 'rfd_00000000000000000000000001', amount: 100 },
  {
    ...{ type: 'order.items-returned.v1', at, returnId: 'ret_00000000000000000000000001', reason: 'too small' },
    ...{ lines: [{ productId: 'prd_00000000000000000000000001', quantity: 1, isRestocked: true }], refundId: null },
  },
  { type: 'order.restocked.v1', at, returnId: 'ret_00000000000000000000000001' },
];
