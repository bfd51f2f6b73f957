/** Which event tells the customer what. Pure. */
import type { OrderEvent } from '../../contracts/events/order-events.ts';
import type { Order } from '../../contracts/http/order-api.ts';
import type { manifest } from '../manifest.ts';

export const messageKinds = [
  'order-confirmed',
  'order-shipped',
  'order-delivered',
  'payment-failed',
  'order-cancelled',
  'refund-made',
] as const;
export type MessageKind = (typeof messageKinds)[number];

export type Message = {
  /** The same for the same message, whoever sends it and however often. */
  readonly notificationId: string;
  readonly kind: MessageKind;
  readonly to: string;
  readonly customerName: string | null;
  readonly order: Order;
  /** What was given back, for `refund-made`. */
  readonly refund: { readonly amount: number; readonly currency: string } | null;
};

/** Every event that the manifest consumes calls for a message. */
const kinds: Readonly<Record<(typeof manifest.consumes)['order-events'][number], MessageKind>> = {
  'order.paid.v1': 'order-confirmed',
  'order.shipped.v1': 'order-shipped',
  'order.delivered.v1': 'order-delivered',
  'order.payment-failed.v1': 'payment-failed',
  'order.cancelled.v1': 'order-cancelled',
  'order.refunded.v1': 'refund-made',
};
const kindOf = new Map<string, MessageKind>(Object.entries(kinds));

/** The message that an event calls for; null for events that are nobody's mail. One message per order and kind, one per refund. */
export const messageFor = (event: OrderEvent): Message | null => {
  const kind = kindOf.get(event.type);
  if (kind === undefined) return null;
  const { order, customer } = event.data;
  const refund = event.type === 'order.refunded.v1' ? event.data : null;
  return {
    notificationId: refund ? `${order.id}:${kind}:${refund.refundId}` : `${order.id}:${kind}`,
    kind,
    to: order.email,
    customerName: customer.name,
    order,
    refund: refund?.amount ?? null,
  };
};
