/** Between an order and its row in the projection. */

import { nextStep, type Order } from '../domain/order.ts';
import type { OrderEvent } from '../domain/order-event.ts';

export type OrderRow = {
  id: string;
  user_id: string | null;
  session_id: string | null;
  customer_name: string | null;
  email: string;
  status: Order['status'];
  lines: Order['lines'];
  total: string;
  currency: string;
  shipping_address: Order['shippingAddress'];
  payment_id: string | null;
  captured: string;
  refunded: string;
  failure: string | null;
  cancel_reason: Order['cancelReason'];
  cancel_note: string | null;
  shipment: Order['shipment'];
  refunds: Order['refunds'];
  /** Null in rows of releases before there were returns. */
  returns: Order['returns'] | null;
  closed: boolean;
  buyer_until: Date | null;
  version: number;
  created_at: Date;
  updated_at: Date;
};

export type EventRow = { type: OrderEvent['type']; data: Record<string, unknown>; at: Date };

export const orderFrom = (row: OrderRow): Order => ({
  id: row.id,
  customer: { userId: row.user_id, sessionId: row.session_id, name: row.customer_name },
  email: row.email,
  status: row.status,
  lines: row.lines,
  total: { amount: Number(row.total), currency: row.currency },
  shippingAddress: row.shipping_address,
  paymentId: row.payment_id,
  captured: Number(row.captured),
  refunded: Number(row.refunded),
  failure: row.failure,
  cancelReason: row.cancel_reason,
  cancelNote: row.cancel_note,
  shipment: row.shipment,
  refunds: row.refunds,
  returns: row.returns ?? [],
  closed: row.closed,
  ...(row.buyer_until && { buyerUntil: row.buyer_until.toISOString() }),
  version: row.version,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
});

/** The columns that events change, as one JSON object for `jsonb_populate_record`. */
export const changedColumns = (order: Order): Record<string, unknown> => ({
  user_id: order.customer.userId,
  status: order.status,
  payment_id: order.paymentId,
  captured: order.captured,
  refunded: order.refunded,
  failure: order.failure,
  cancel_reason: order.cancelReason,
  cancel_note: order.cancelNote,
  shipment: order.shipment,
  refunds: order.refunds,
  returns: order.returns,
  closed: order.closed,
  owed: nextStep(order) !== null,
  version: order.version,
  updated_at: order.updatedAt,
});

export const allColumns = (order: Order): Record<string, unknown> => ({
  ...changedColumns(order),
  id: order.id,
  session_id: order.customer.sessionId,
  customer_name: order.customer.name,
  email: order.email,
  lines: order.lines,
  total: order.total.amount,
  currency: order.total.currency,
  shipping_address: order.shippingAddress,
  created_at: order.createdAt,
});

export const eventFrom = ({ type, data, at }: EventRow): OrderEvent =>
  ({ ...data, type, at: at.toISOString() }) as OrderEvent;

export const eventData = ({ type: _type, at: _at, ...data }: OrderEvent): Record<string, unknown> => data;
