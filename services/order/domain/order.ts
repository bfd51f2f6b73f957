/** An order: what can happen to it, in which state, and what the platform owes it next. Pure. */

import type { CancellationReason, OrderLine, OrderStatus } from '../../contracts/http/order-api.ts';
import type { Address } from '../../contracts/http/postal-address.ts';
import type { Money } from '../../contracts/http/values.ts';
import type { OrderCustomer, OrderEvent, Refund, Return } from './order-event.ts';
import { transitions } from './transitions.ts';

export type Order = {
  readonly id: string;
  readonly customer: OrderCustomer;
  readonly email: string;
  readonly status: OrderStatus;
  readonly lines: readonly OrderLine[];
  readonly total: Money;
  readonly shippingAddress: Address;
  readonly paymentId: string | null;
  /** Minor units taken from and given back to the customer, in the order's currency. */
  readonly captured: number;
  readonly refunded: number;
  readonly failure: string | null;
  readonly cancelReason: CancellationReason | null;
  readonly cancelNote: string | null;
  readonly shipment: { readonly carrier: string; readonly trackingNumber: string } | null;
  /** Every refund ever asked for; `done` once the money is back. */
  readonly refunds: readonly (Refund & { readonly done: boolean })[];
  /** Every return; `done` once all of it that can be sold again is on the shelf. */
  readonly returns: readonly (Return & { readonly at: string; readonly done: boolean })[];
  /** Until when the order waits for its buyer, whose bank asks who pays: a limit that its driver set, and nothing that happened. */
  readonly buyerUntil?: string;
  /** Whether a cancelled or unpaid order has given back everything it took. */
  readonly closed: boolean;
  /** Sequence of the last event. */
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
};

const place = (event: Extract<OrderEvent, { type: 'order.placed.v1' }>): Order => ({
  id: event.orderId,
  customer: event.customer,
  email: event.email,
  status: 'pending',
  lines: event.lines,
  total: event.total,
  shippingAddress: event.shippingAddress,
  paymentId: null,
  captured: 0,
  refunded: 0,
  failure: null,
  cancelReason: null,
  cancelNote: null,
  shipment: null,
  refunds: [],
  returns: [],
  closed: false,
  version: 1,
  createdAt: event.at,
  updatedAt: event.at,
});

/** What the event changes beside status and version, and where the order's time is not that of the event. */
const changes = (order: Order, event: OrderEvent): Partial<Order> => {
  switch (event.type) {
    // The time stays: what waits for the order to rest, such as its cancellation window, does not begin anew.
    case 'order.claimed.v1':
      return { customer: { ...order.customer, userId: event.userId }, updatedAt: order.updatedAt };
    case 'order.paid.v1':
      return { paymentId: event.paymentId, captured: event.captured };
    case 'order.shipped.v1':
      return { shipment: { carrier: event.carrier, trackingNumber: event.trackingNumber } };
    case 'order.cancelled.v1':
      return { cancelReason: event.reason, cancelNote: event.note ?? null };
    case 'order.payment-failed.v1':
      return { failure: event.reason };
    case 'order.closed.v1':
      return { closed: true, paymentId: event.paymentId, captured: event.captured, refunded: event.refunded };
    case 'order.refund-requested.v1': {
      const { type: _type, at: _at, ...refund } = event;
      return { refunds: [...order.refunds, { ...refund, done: false }] };
    }
    case 'order.refunded.v1': {
      const refunded = order.refunded + event.amount;
      return {
        refunded,
        refunds: order.refunds.map((refund) =>
          refund.refundId === event.refundId ? { ...refund, done: true } : refund,
        ),
        ...(refunded === order.captured && { status: 'refunded' as const }),
      };
    }
    case 'order.items-returned.v1': {
      const { type: _type, ...returned } = event;
      const done = !returned.lines.some(({ isRestocked }) => isRestocked);
      return { returns: [...order.returns, { ...returned, done }] };
    }
    case 'order.restocked.v1':
      return {
        returns: order.returns.map((returned) =>
          returned.returnId === event.returnId ? { ...returned, done: true } : returned,
        ),
      };
    default:
      return {};
  }
};

/** The order after one more event. Throws on a step that the table forbids: such an event must never have been decided. */
export const evolve = (order: Order | null, event: OrderEvent): Order => {
  if (event.type === 'order.placed.v1') {
    if (order) throw new Error(`order ${order.id} cannot be placed twice`);
    return place(event);
  }
  if (!order) throw new Error(`an order must begin with order.placed.v1, not ${event.type}`);
  const status = transitions[order.status][event.type];
  if (!status) throw new Error(`order ${order.id} is ${order.status}, where ${event.type} is forbidden`);
  return { ...order, status, version: order.version + 1, updatedAt: event.at, ...changes(order, event) };
};

/** The order that a history leads to. */
export const replay = (events: readonly OrderEvent[]): Order => {
  const order = events.reduce<Order | null>(evolve, null);
  if (!order) throw new Error('an order without events does not exist');
  return order;
};

/** What the platform still has to do for an order; null when nothing is owed. */
export type Step = 'reserve' | 'pay' | 'give-back' | 'refund' | 'restock';

/** Refunds that are asked for and not made yet, oldest first. */
export const pendingRefunds = (order: Order): readonly Refund[] => order.refunds.filter(({ done }) => !done);

/** Returns whose units are not on the shelf yet, oldest first. */
export const pendingRestocks = (order: Order): readonly Return[] => order.returns.filter(({ done }) => !done);

/** The next step of the process that drives an order to a settled state and settles what it took. */
export const nextStep = (order: Order): Step | null => {
  if (order.status === 'pending') return 'reserve';
  if (order.status === 'stock-reserved') return 'pay';
  if ((order.status === 'cancelled' || order.status === 'payment-failed') && !order.closed) return 'give-back';
  if (pendingRefunds(order).length > 0) return 'refund';
  return pendingRestocks(order).length > 0 ? 'restock' : null;
};
