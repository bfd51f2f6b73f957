import type { OrderEvent } from '../events/order-events.ts';
import type { Order } from '../http/order-api.ts';

const at = '2026-03-01T10:00:00.000Z';
const usd = (amount: number) => ({ amount, currency: 'USD' });

/** A paid order of two films whose title and address must be escaped. @param number makes its id */
export const anOrder = (number: number, parts: Partial<Order> = {}): Order => ({
  id: `ord_${String(number).padStart(26, '0')}`,
  status: 'paid',
  items: [
    {
      productId: 'prd_00000000000000000000000001',
      title: '<script>alert("films")</script>',
      quantity: 2,
      unitPrice: usd(1500),
      lineTotal: usd(3000),
    },
  ],
  total: usd(3000),
  currency: 'USD',
  email: 'ada@example.com',
  shippingAddress: { street: '1 Long & Winding Road', city: 'Springfield', zip: '12345', country: 'US' },
  payment: { method: 'card', paymentId: null, captured: usd(3000), refunded: usd(0), failure: null },
  shipment: null,
  cancellation: null,
  returns: [],
  createdAt: at,
  updatedAt: at,
  ...parts,
});

const details = {
  'order.placed.v1': { cart: null },
  'order.paid.v1': { captured: usd(3000) },
  'order.shipped.v1': { carrier: 'UPS', trackingNumber: '1Z999' },
  'order.delivered.v1': {},
  'order.cancelled.v1': { reason: 'out-of-stock', note: null },
  'order.payment-failed.v1': { reason: 'card-declined' },
  'order.refunded.v1': { refundId: 'rfd_00000000000000000000000001', amount: usd(1000) },
} as const;

/** Types of events that the tests send. */
export type SampleType = keyof typeof details;

let made = 0;

/** A whole event as the order service publishes it. */
export const anEvent = (type: SampleType, order: Order, name = 'Ada Example'): OrderEvent =>
  ({
    specversion: '1.0',
    id: `evt_${String(++made).padStart(26, '0')}`,
    source: 'order',
    type,
    subject: order.id,
    time: at,
    datacontenttype: 'application/json',
    data: { order, customer: { userId: null, name }, ...details[type] },
    sequence: 3,
  }) as OrderEvent;
