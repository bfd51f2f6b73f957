import type { PaymentEvent } from '../../contracts/events/payment-events.ts';
import type { OrderEvent } from '../domain/order.ts';
import { learn } from '../domain/order-decisions.ts';
import type { OrderRepository } from '../storage/order-repository.ts';

const lesson = (event: PaymentEvent): OrderEvent | null => {
  switch (event.type) {
    case 'payment.declined.v1':
      return { type: 'order.payment-failed.v1', at: event.time, reason: event.data.reason };
    case 'payment.captured.v1':
      return {
        type: 'order.paid.v1',
        at: event.time,
        paymentId: event.data.paymentId,
        captured: event.data.amount.amount,
      };
    // A refund is not learnt here: its step may still have stock to put back, so the driver repeats it instead.
    default:
      return null;
  }
};

/** What happened to the money, for orders that did not get the answer. Duplicates and late events teach nothing. */
export const handlePaymentEvent = async (orders: OrderRepository, event: PaymentEvent): Promise<void> => {
  const taught = lesson(event);
  if (!taught) return;
  const order = await orders.find(event.data.orderId);
  if (order) await orders.append(order, learn(order, taught), { drive: true });
};
