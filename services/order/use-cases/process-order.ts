import type { Clock } from '../../kit/values/clock.ts';
import type { PaymentClient } from '../clients/payment-client.ts';
import type { ProductClient } from '../clients/product-client.ts';
import { evolve, nextStep, type Order, pendingRefunds, pendingRestocks, type Step } from '../domain/order.ts';
import { newsOf } from '../domain/order-decisions.ts';
import type { OrderEvent } from '../domain/order-event.ts';
import { restockedUnits, unreturnedUnits } from '../domain/returned-units.ts';
import type { KnownOrder, OrderRepository } from '../storage/order-repository.ts';

export type ProcessOrderEffects = {
  readonly orders: OrderRepository;
  readonly products: ProductClient;
  readonly payments: PaymentClient;
  readonly clock: Clock;
  /** Age in seconds beyond which a purchase without an outcome is cancelled instead of tried again. */
  readonly giveUpAfterSeconds: number;
};

/** A step's own view: the order as events of this run have left it, and its payment token where it is known. */
type Driven = {
  readonly order: Order;
  readonly at: string;
  readonly paymentToken?: string | undefined;
  /** Whether this run has sold the goods, so that it need not ask for it again. */
  readonly isSold?: boolean;
};

/** More rounds than any order needs; beyond them something undoes what this does, and the job's retry starts afresh. */
const maxRounds = 20;

const ageInSeconds = (order: Order, now: Date) => (now.getTime() - Date.parse(order.createdAt)) / 1000;

const reserve = async ({ products }: ProcessOrderEffects, { order, at }: Driven): Promise<OrderEvent> => {
  const answer = await products.sell(order.id, order.lines);
  return answer.sold
    ? { type: 'order.stock-reserved.v1', at, reservedUntil: answer.reservedUntil }
    : { type: 'order.cancelled.v1', at, reason: 'out-of-stock' };
};

/**
 * Charges for goods that are sold; those that an earlier run left reserved are sold first. Nobody is charged without the goods in hand, and a
 * card that is declined puts them back. Null: the buyer's bank asks who pays, and there is nothing to do until that is answered. Goods that cost nothing are handed out: providers refuse charges over nothing. Each call answers for what is already done, so any of them may be the first after a crash.
 */
const pay = async (effects: ProcessOrderEffects, driven: Driven): Promise<OrderEvent | null> => {
  const { order, at, isSold = false } = driven;
  const { orders, products, payments } = effects;
  if (!isSold && !(await products.commit(order.id)))
    return { type: 'order.cancelled.v1', at, reason: 'reservation-expired' };
  if (order.total.amount === 0) return { type: 'order.paid.v1', at, paymentId: null, captured: 0 };
  const token = driven.paymentToken ?? (await orders.paymentToken(order.id));
  const payment = await payments.charge(order.id, order.total, token);
  if (payment.status === 'awaiting-buyer') return null;
  const { id, status, captured, declineReason } = payment;
  if (status === 'captured') return { type: 'order.paid.v1', at, paymentId: id, captured };
  return {
    type: 'order.payment-failed.v1',
    at,
    reason: declineReason ?? (status === 'declined' ? status : `capture-${status}`),
  };
};

/** Stock goes back only after the money is safe: a payment that cannot be cancelled yet keeps its goods. */
const giveBack = async ({ products, payments }: ProcessOrderEffects, { order, at }: Driven): Promise<OrderEvent> => {
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

const refund = async ({ products, payments }: ProcessOrderEffects, { order, at }: Driven): Promise<OrderEvent> => {
  const [pending] = pendingRefunds(order);
  if (!pending) throw new Error(`order ${order.id} has no refund to make`);
  const { refundId, amount, reason } = pending;
  await payments.refund(order.id, { refundId, amount: { amount, currency: order.total.currency }, reason });
  // Goods that never left the house can be sold again, unless a return said something else of them; what was shipped is the warehouse's to count.
  if (order.refunded + amount === order.captured && order.shipment === null) {
    const rest = unreturnedUnits(order);
    if (order.returns.length === 0) await products.release(order.id, 'refunded');
    else if (rest.length > 0) await products.takeBack(order.id, refundId, rest);
  }
  return { type: 'order.refunded.v1', at, refundId, amount };
};

const restock = async ({ products }: ProcessOrderEffects, { order, at }: Driven): Promise<OrderEvent> => {
  const [pending] = pendingRestocks(order);
  if (!pending) throw new Error(`order ${order.id} has nothing to put back on the shelf`);
  const { returnId, lines } = pending;
  await products.takeBack(order.id, returnId, restockedUnits(lines));
  return { type: 'order.restocked.v1', at, returnId };
};

const steps = { reserve, pay, 'give-back': giveBack, refund, restock };

/** Whether the purchase is still undecided after its time, and no longer worth another try. */
const isOverdue = ({ clock, giveUpAfterSeconds }: ProcessOrderEffects, order: Order) =>
  (order.status === 'pending' || order.status === 'stock-reserved') &&
  ageInSeconds(order, clock.now()) > giveUpAfterSeconds;

/** The events that still teach an order something, one after the other, and the order after them. */
const newsOfAll = (
  order: Order,
  events: readonly OrderEvent[],
): { readonly fresh: OrderEvent[]; readonly after: Order } => {
  const fresh: OrderEvent[] = [];
  let after = order;
  for (const event of events)
    for (const learnt of newsOf(after, event)) {
      fresh.push(learnt);
      after = evolve(after, learnt);
    }
  return { fresh, after };
};

/** Writes what was done for an order, or as much of it as still says something where others changed the order meanwhile. */
const record = async ({ orders }: ProcessOrderEffects, order: Order, events: readonly OrderEvent[]): Promise<Order> => {
  let base = order;
  for (let attempt = 0; attempt < maxRounds; attempt++) {
    const written = await orders.append(base, newsOfAll(base, events).fresh);
    if (written) return written;
    base = await newest(orders, order.id);
  }
  throw new Error(`order ${order.id} changes faster than what was done for it can be written`);
};

const newest = async (orders: OrderRepository, orderId: string): Promise<Order> => {
  const order = await orders.find(orderId);
  if (!order) throw new Error(`order ${orderId} is to be processed but does not exist`);
  return order;
};

/** The one step that follows another before that is written: paying for what was reserved. */
const follows = (step: Step, next: Step | null): Step | null => (step === 'reserve' && next === 'pay' ? next : null);

/** An order after its steps, and whether the next one is its buyer's. */
type Advanced = { readonly order: Order; readonly isBuyersTurn?: boolean };

/** Leaves an order to its buyer until it is given up; whoever hears of the bank's answer before has it driven on. */
const awaitBuyer = async (effects: ProcessOrderEffects, order: Order): Promise<Advanced> => {
  await effects.orders.awaitBuyer(order.id, new Date(Date.parse(order.createdAt) + effects.giveUpAfterSeconds * 1000));
  return { order, isBuyersTurn: true };
};

/**
 * Takes the steps that are owed and writes what came of them at once: a reservation is no news to anybody while the payment is under way. Whatever fails midway, what was done before it is written.
 */
const advance = async (effects: ProcessOrderEffects, order: Order, paymentToken?: string): Promise<Advanced> => {
  const done: OrderEvent[] = [];
  const at = effects.clock.now().toISOString();
  let current = order;
  try {
    for (let step = nextStep(order); step; step = follows(step, nextStep(current))) {
      const isSold = done.some(({ type }) => type === 'order.stock-reserved.v1');
      const event = await steps[step](effects, { order: current, at, paymentToken, isSold });
      if (!event && !isOverdue(effects, order)) {
        // Whoever heard the bank's answer before this was written found nothing to pay, so that the payment is asked once more after it.
        if (done.length > 0) return { order: await record(effects, order, done) };
        return await awaitBuyer(effects, order);
      }
      if (!event) {
        done.push({ type: 'order.cancelled.v1', at, reason: 'timed-out' });
        break;
      }
      const { fresh, after } = newsOfAll(current, [event]);
      done.push(...fresh);
      current = after;
    }
  } catch (problem) {
    // Another driver or the customer moved the order on: what failed is a step that it no longer needs.
    const found = await newest(effects.orders, order.id);
    if (found.version !== order.version) return { order: found };
    if (isOverdue(effects, order)) done.push({ type: 'order.cancelled.v1', at, reason: 'timed-out' });
    else {
      await record(effects, order, done);
      throw problem;
    }
  }
  return { order: await record(effects, order, done) };
};

/**
 * Drives an order until nothing is owed any more, or its buyer has to prove to the bank who pays, from whatever state a crash, a retry or an event left it in.
 * Two drivers of one order are harmless: steps are idempotent by order id, and the slower one's result is dropped by its version.
 * Throws when a step fails or has no outcome yet; a job then comes back, and past the deadline the order is cancelled.
 * @param known the order and its payment token where the caller has just written them; else they are read
 */
export const processOrder = async (
  effects: ProcessOrderEffects,
  orderId: string,
  known?: KnownOrder,
): Promise<Order> => {
  let order = known?.order ?? (await newest(effects.orders, orderId));
  for (let round = 0; round < maxRounds; round++) {
    if (!nextStep(order)) return order;
    const advanced = await advance(effects, order, known?.paymentToken);
    order = advanced.order;
    if (advanced.isBuyersTurn) return order;
  }
  throw new Error(`order ${orderId} did not settle within ${maxRounds} rounds`);
};
