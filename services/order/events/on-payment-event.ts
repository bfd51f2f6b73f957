import type { PaymentEvent } from '../../contracts/events/payment-events.ts';
import type { ConsumedEvent } from '../../kit/events/handlers.ts';
import { nextStep, type Order } from '../domain/order.ts';
import { newsOf } from '../domain/order-decisions.ts';
import type { OrderEvent } from '../domain/order-event.ts';
import type { manifest } from '../manifest.ts';
import type { OrderRepository } from '../storage/order-repository.ts';
import { type Hearing, learn } from './hearing.ts';

export type DecisivePaymentEvent = ConsumedEvent<(typeof manifest.consumes)['payment-events'], PaymentEvent>;
type OutcomeEvent = Exclude<DecisivePaymentEvent, { type: 'payment.authorised.v1' }>;

/** The order that money is about is driven on: the bank may have answered its buyer, and the money is there to be taken. */
const driveOn = async (
  orders: Pick<OrderRepository, 'find' | 'drive'>,
  orderId: string,
  hearing: Hearing,
): Promise<void> => {
  const known = hearing.lastResult(orderId);
  // Almost every payment is authorised while its order is driven, and nobody need look.
  if ((known && nextStep(known) !== 'pay') || hearing.keepWhileInHand(orderId)) return;
  const order = await orders.find(orderId);
  if (order && nextStep(order) === 'pay') await orders.drive(orderId);
};

const orderEventOf = (event: OutcomeEvent): OrderEvent => {
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
  }
};

/** An order is paid by its whole total or not at all: an event that says otherwise is not believed, and waits as a dead letter for a person. */
const requireWholeAmount = ({ id, total }: Order, { type, data: { amount } }: OutcomeEvent): void => {
  if (amount.amount !== total.amount || amount.currency !== total.currency)
    throw new Error(
      `${type} is about ${amount.amount} ${amount.currency}, but order ${id} costs ${total.amount} ${total.currency}`,
    );
};

/**
 * What happened to the money, for orders that did not get the answer; one that is being driven here is told afterwards, whatever its driver
 * came to. Duplicates and late events teach nothing.
 */
export const handlePaymentEvent = async (
  orders: Pick<OrderRepository, 'find' | 'append' | 'drive'>,
  event: DecisivePaymentEvent,
  hearing: Hearing,
): Promise<void> => {
  const { orderId } = event.data;
  if (event.type === 'payment.authorised.v1') return driveOn(orders, orderId, hearing);
  const teach = (order: Order) => {
    requireWholeAmount(order, event);
    return newsOf(order, orderEventOf(event));
  };
  const known = hearing.lastResult(orderId);
  // No order comes back to a state in which this would be news.
  if (known && teach(known).length === 0) return;
  const order = await orders.find(orderId);
  if (!order) return;
  // Here and not afterwards: what is not believed is the consumer's to put aside.
  requireWholeAmount(order, event);
  if (!hearing.keepWhileInHand(orderId)) await learn(orders, order, teach);
};
