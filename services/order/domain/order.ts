/** An order: what can happen to it, in which state, and what the platform owes it next. Pure. */

import type { CancellationReason, OrderLine, OrderStatus } from '../../contracts/http/order-api.ts';
import type { Address } from '../../contracts/http/postal-address.ts';
import type { Money } from '../../contracts/http/values.ts';

export type { OrderStatus };

export type OrderCustomer = {
  readonly userId: string | null;
  readonly sessionId: string | null;
  readonly name: string | null;
};

export type Refund = {
  readonly refundId: string;
  readonly amount: number;
  readonly reason: string;
  /** Of the request that asked for it, where that came under a key. */
  readonly fingerprint?: string;
};

type Happening =
  | {
      readonly type: 'order.placed.v1';
      readonly at: string;
      readonly orderId: string;
      readonly customer: OrderCustomer;
      readonly email: string;
      readonly lines: readonly OrderLine[];
      readonly total: Money;
      readonly shippingAddress: Address;
      /** Owner of the cart that was bought; null when the items were given with the order. */
      readonly cartOwner: string | null;
    }
  /** A guest's order was taken into the account that its guest signed in to. */
  | { readonly type: 'order.claimed.v1'; readonly at: string; readonly userId: string }
  | { readonly type: 'order.stock-reserved.v1'; readonly at: string; readonly reservedUntil: string }
  | {
      readonly type: 'order.paid.v1';
      readonly at: string;
      /** Null when the order cost nothing, so that there was nothing to charge. */
      readonly paymentId: string | null;
      readonly captured: number;
    }
  | { readonly type: 'order.processing-started.v1'; readonly at: string }
  | {
      readonly type: 'order.shipped.v1';
      readonly at: string;
      readonly carrier: string;
      readonly trackingNumber: string;
    }
  | { readonly type: 'order.delivered.v1'; readonly at: string }
  | {
      readonly type: 'order.cancelled.v1';
      readonly at: string;
      readonly reason: CancellationReason;
      /** What whoever cancelled wrote about it; absent in events of the platform's own decisions. */
      readonly note?: string;
    }
  | { readonly type: 'order.payment-failed.v1'; readonly at: string; readonly reason: string }
  | {
      readonly type: 'order.closed.v1';
      readonly at: string;
      readonly paymentId: string | null;
      readonly captured: number;
      readonly refunded: number;
    }
  | ({ readonly type: 'order.refund-requested.v1'; readonly at: string } & Refund)
  | { readonly type: 'order.refunded.v1'; readonly at: string; readonly refundId: string; readonly amount: number };

/**
 * What happened, without the envelope; `at` is the moment in ISO 8601. `by` is the account or session that asked for it, kept in the history
 * and never published; absent where the platform decided.
 */
export type OrderEvent = Happening & { readonly by?: string };

export type OrderEventType = OrderEvent['type'];

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
  /** Whether a cancelled or unpaid order has given back everything it took. */
  readonly closed: boolean;
  /** Sequence of the last event. */
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
};

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
  },
  processing: {
    'order.claimed.v1': 'processing',
    'order.shipped.v1': 'shipped',
    'order.cancelled.v1': 'cancelled',
    'order.refund-requested.v1': 'processing',
    'order.refunded.v1': 'processing',
  },
  shipped: {
    'order.claimed.v1': 'shipped',
    'order.delivered.v1': 'delivered',
    'order.refund-requested.v1': 'shipped',
    'order.refunded.v1': 'shipped',
  },
  delivered: {
    'order.claimed.v1': 'delivered',
    'order.refund-requested.v1': 'delivered',
    'order.refunded.v1': 'delivered',
  },
  cancelled: { 'order.claimed.v1': 'cancelled', 'order.closed.v1': 'cancelled' },
  'payment-failed': { 'order.claimed.v1': 'payment-failed', 'order.closed.v1': 'payment-failed' },
  refunded: { 'order.claimed.v1': 'refunded' },
};

/** Whether an event may happen in a state. */
export const mayHappen = (status: OrderStatus, type: OrderEventType): boolean =>
  transitions[status][type] !== undefined;

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
export type Step = 'reserve' | 'pay' | 'give-back' | 'refund';

/** Refunds that are asked for and not made yet, oldest first. */
export const pendingRefunds = (order: Order): readonly Refund[] => order.refunds.filter(({ done }) => !done);

/** The next step of the process that drives an order to a settled state and settles what it took. */
export const nextStep = (order: Order): Step | null => {
  if (order.status === 'pending') return 'reserve';
  if (order.status === 'stock-reserved') return 'pay';
  if ((order.status === 'cancelled' || order.status === 'payment-failed') && !order.closed) return 'give-back';
  return pendingRefunds(order).length > 0 ? 'refund' : null;
};
