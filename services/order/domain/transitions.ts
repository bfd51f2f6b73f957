/** The states of an order, and what may happen in each. Pure. */

import type { OrderStatus } from '../../contracts/http/order-api.ts';
import type { OrderEventType } from './order-event.ts';

/**
 * State after each event; what is missing is forbidden. A claim moves no state.
 * Full refunds go to `refunded` in `evolve`, part refunds stay.
 */
export const transitions: Readonly<Record<OrderStatus, Partial<Record<OrderEventType, OrderStatus>>>> = {
  pending: {
    'order.claimed.v1': 'pending',
    'order.stock-reserved.v1': 'stock-reserved',
    'order.cancelled.v1': 'cancelled',
  },
  'stock-reserved': {
    'order.claimed.v1': 'stock-reserved',
    'order.paid.v1': 'paid',
    'order.payment-failed.v1': 'payment-failed',
    'order.cancelled.v1': 'cancelled',
  },
  paid: {
    'order.claimed.v1': 'paid',
    'order.processing-started.v1': 'processing',
    'order.cancelled.v1': 'cancelled',
    'order.refund-requested.v1': 'paid',
    'order.refunded.v1': 'paid',
    'order.items-returned.v1': 'paid',
    'order.restocked.v1': 'paid',
  },
  processing: {
    'order.claimed.v1': 'processing',
    'order.shipped.v1': 'shipped',
    'order.cancelled.v1': 'cancelled',
    'order.refund-requested.v1': 'processing',
    'order.refunded.v1': 'processing',
    'order.items-returned.v1': 'processing',
    'order.restocked.v1': 'processing',
  },
  shipped: {
    'order.claimed.v1': 'shipped',
    'order.delivered.v1': 'delivered',
    'order.refund-requested.v1': 'shipped',
    'order.refunded.v1': 'shipped',
    'order.items-returned.v1': 'shipped',
    'order.restocked.v1': 'shipped',
  },
  delivered: {
    'order.claimed.v1': 'delivered',
    'order.refund-requested.v1': 'delivered',
    'order.refunded.v1': 'delivered',
    'order.items-returned.v1': 'delivered',
    'order.restocked.v1': 'delivered',
  },
  cancelled: { 'order.claimed.v1': 'cancelled', 'order.closed.v1': 'cancelled' },
  'payment-failed': { 'order.claimed.v1': 'payment-failed', 'order.closed.v1': 'payment-failed' },
  refunded: {
    'order.claimed.v1': 'refunded',
    // Money often goes back before the goods do.
    'order.items-returned.v1': 'refunded',
    'order.restocked.v1': 'refunded',
  },
};

/** Whether an event may happen in a state. */
export const mayHappen = (status: OrderStatus, type: OrderEventType): boolean =>
  transitions[status][type] !== undefined;
