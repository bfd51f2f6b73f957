/**
 * What an order's history means, written a second time and apart from the service,
 * so that the service's own reading of it can be checked against another.
 */
export type StoredEvent = { readonly type: string; readonly data: Record<string, unknown> };

export type Reading = {
  readonly status: string;
  readonly captured: number;
  readonly refunded: number;
  readonly closed: boolean;
};

const statusAfter: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    'order.placed.v1': 'pending',
    'order.stock-reserved.v1': 'stock-reserved',
    'order.paid.v1': 'paid',
    'order.processing-started.v1': 'processing',
    'order.shipped.v1': 'shipped',
    'order.delivered.v1': 'delivered',
    'order.cancelled.v1': 'cancelled',
    'order.payment-failed.v1': 'payment-failed',
  }),
);

/** Reads a history from the first event to the last. */
export const readOrderHistory = (events: readonly StoredEvent[]): Reading => {
  let reading: Reading = { status: 'none', captured: 0, refunded: 0, closed: false };
  for (const { type, data } of events) {
    const status = statusAfter.get(type) ?? reading.status;
    const number = (name: string) => Number(data[name] ?? 0);
    if (type === 'order.closed.v1')
      reading = { status, captured: number('captured'), refunded: number('refunded'), closed: true };
    else if (type === 'order.paid.v1') reading = { ...reading, status, captured: number('captured') };
    else if (type === 'order.refunded.v1') {
      const refunded = reading.refunded + number('amount');
      reading = { ...reading, refunded, status: refunded === reading.captured ? 'refunded' : status };
    } else reading = { ...reading, status };
  }
  return reading;
};
