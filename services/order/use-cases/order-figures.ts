import type { Metrics } from '../../kit/telemetry/metrics.ts';
import { toDecimal } from '../../kit/values/money.ts';
import type { Order } from '../domain/order.ts';
import type { OrderEvent } from '../domain/order-event.ts';

/** An event of an order and the order after it. */
type Recorded = { readonly event: OrderEvent; readonly after: Order };

const paymentMethod = 'card';

const isUndecided = (status: Order['status'] | undefined) => status === 'pending' || status === 'stock-reserved';

/** What the business asks of the orders, as metrics: told of each event that is committed, with the status before the first of them. */
export const orderFigures = (metrics: Metrics) => {
  const orders = metrics.counter({
    name: 'orders_total',
    help: 'Orders that came into a status, by how they are paid.',
    labels: ['status', 'payment_method'],
  });
  const value = metrics.histogram({
    name: 'order_value_dollars',
    help: 'Value of placed orders in US dollars; sum by count is the average.',
    buckets: [10, 50, 100, 500, 1000, 5000],
  });
  const decision = metrics.histogram({
    name: 'order_decision_seconds',
    help: 'Seconds from placing an order until it is paid, refused or cancelled.',
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900],
  });
  return (before: Order | null, recorded: readonly Recorded[]): void => {
    let status = before?.status;
    for (const { after } of recorded) {
      if (after.status !== status) orders.inc({ status: after.status, payment_method: paymentMethod });
      if (isUndecided(status) && !isUndecided(after.status))
        decision.observe(Math.max(0, Date.parse(after.updatedAt) - Date.parse(after.createdAt)) / 1_000);
      status = after.status;
    }
    const { total } = recorded[0]?.after ?? {};
    if (!before && total?.currency === 'USD') value.observe(Number(toDecimal(total)));
  };
};
