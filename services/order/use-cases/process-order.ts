import type { Clock } from '../../kit/values/clock.ts';
import type { PaymentClient } from '../clients/payment-client.ts';
import type { ProductClient } from '../clients/product-client.ts';
import { nextStep, type Order, type OrderEvent, pendingRefunds } from '../domain/order.ts';
import { newsOf } from '../domain/order-decisions.ts';
import type { OrderRepository } from '../storage/order-repository.ts';

export type ProcessOrderEffects = {
  readonly orders: OrderRepository;
  readonly products: ProductClient;
  readonly payments: PaymentClient;
  readonly clock: Clock;
  /** Age in seconds beyond which a purchase without an outcome is cancelled instead of tried again. */
  readonly giveUpAfterSeconds: number;
};

/** More rounds than any order needs; beyond them something undoes what this does, and the job's retry starts afresh. */
const maxRounds = 20;

const ageInSeconds = (order: Order, now: Date) => (now.getTime() - Date.parse(order.createdAt)) / 1000;

const reserve = async ({ products }: ProcessOrderEffects, order: Order, at: string): Promise<OrderEvent> => {
  const answer = await products.reserve(order.id, order.lines);
  return answer.reserved
    ? { type: 'order.stock-reserved.v1', at, reservedUntil: answer.reservedUntil }
    : { type: 'order.cancelled.v1', at, reason: 'out-of-stock' };
};

/** Goods that cost nothing: providers refuse charges over nothing, so none is asked. */
const payNothing = async ({ products }: ProcessOrderEffects, order: Order, at: string): Promise<OrderEvent> =>
  (await products.commit(order.id))
    ? { type: 'order.paid.v1', at, paymentId: null, captured: 0 }
    : { type: 'order.cancelled.v1', at, reason: 'reservation-expired' };

/**
 * Authorises, turns the reserved units into sold ones, then captures: nobody is charged without the goods in hand.
 * Each call answers for what is already done, so any of them may be the first after a crash.
 */
const pay = async (effects: ProcessOrderEffects, order: Order, at: string): Promise<OrderEvent> => {
  if (order.total.amount === 0) return payNothing(effects, order, at);
  const { orders, products, payments } = effects;
  const token = await orders.paymentToken(order.id);
  const authorised = await payments.authorise(order.id, order.total, token);
  if (authorised.status === 'declined')
    return { type: 'order.payment-failed.v1', at, reason: authorised.declineReason ?? 'declined' };
  if (!(await products.commit(order.id))) return { type: 'order.cancelled.v1', at, reason: 'reservation-expired' };
  const captured = await payments.capture(order.id);
  if (captured.status === 'captured')
    return { type: 'order.paid.v1', at, paymentId: captured.id, captured: captured.captured };
  return { type: 'order.payment-failed.v1', at, reason: captured.declineReason ?? `capture-${captured.status}` };
};

/** Stock goes back only after the money is safe: a payment that cannot be cancelled yet keeps its goods. */
const giveBack = async ({ products, payments }: ProcessOrderEffects, order: Order, at: string): Promise<OrderEvent> => {
  const payment = await payments.cancel(order.id, order.cancelReason ?? order.failure ?? 'payment-failed');
  await products.release(order.id, order.cancelReason ?? 'payment-failed');
  return {
    type: 'order.closed.v1',
    at,
    paymentId: payment?.id ?? null,
    captured: payment?.captured ?? 0,
    refunded: payment?.refunded ?? 0,
  };
};

const refund = async ({ products, payments }: ProcessOrderEffects, order: Order, at: string): Promise<OrderEvent> => {
  const [pending] = pendingRefunds(order);
  if (!pending) throw new Error(`order ${order.id} has no refund to make`);
  const { refundId, amount, reason } = pending;
  await payments.refund(order.id, { refundId, amount: { amount, currency: order.total.currency }, reason });
  // Goods that never left the house can be sold again; what was shipped is the warehouse's to count.
  if (order.refunded + amount === order.captured && order.shipment === null)
    await products.release(order.id, 'refunded');
  return { type: 'order.refunded.v1', at, refundId, amount };
};

const steps = { reserve, pay, 'give-back': giveBack, refund };

/** Whether the purchase is still undecided after its time, and no longer worth another try. */
const isOverdue = ({ clock, giveUpAfterSeconds }: ProcessOrderEffects, order: Order) =>
  (order.status === 'pending' || order.status === 'stock-reserved') &&
  ageInSeconds(order, clock.now()) > giveUpAfterSeconds;

/**
 * Drives an order until nothing is owed any more, from whatever state a crash, a retry or an event left it in.
 * Two drivers of one order are harmless: steps are idempotent by order id, and the slower one's result is dropped by its version.
 * Throws when a step fails or has no outcome yet; the job then comes back, and past the deadline the order is cancelled.
 */
export const processOrder = async (effects: ProcessOrderEffects, orderId: string): Promise<Order> => {
  for (let round = 0; round < maxRounds; round++) {
    const order = await effects.orders.find(orderId);
    if (!order) throw new Error(`order ${orderId} is to be processed but does not exist`);
    const step = nextStep(order);
    if (!step) return order;
    const at = effects.clock.now().toISOString();
    let event: OrderEvent;
    try {
      event = await steps[step](effects, order, at);
    } catch (problem) {
      // Another driver or the customer moved the order on: what failed is a step that it no longer needs.
      const newest = await effects.orders.find(orderId);
      if (newest?.version !== order.version) continue;
      if (!isOverdue(effects, order)) throw problem;
      event = { type: 'order.cancelled.v1', at, reason: 'timed-out' };
    }
    await effects.orders.append(order, newsOf(order, event));
  }
  throw new Error(`order ${orderId} did not settle within ${maxRounds} rounds`);
};
