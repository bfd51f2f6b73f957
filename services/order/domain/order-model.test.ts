/** The whole life of an order against a model of ten lines: whatever is asked in whatever order, both agree, also on what is refused. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type OrderStatus, orderStatuses } from '../../contracts/http/order-api.ts';
import { aPlacedEvent } from '../testing/order-fixtures.ts';
import { evolve, nextStep, type Order, pendingRefunds, pendingRestocks, replay } from './order.ts';
import { cancel, deliver, newsOf, refundable, requestRefund, ship, startProcessing } from './order-decisions.ts';
import type { OrderEvent } from './order-event.ts';
import { returnItems } from './return-items.ts';

const at = '2026-03-01T10:00:00.000Z';
const total = 3000;
const placed = aPlacedEvent({ total });

/** What a person who keeps the order on a card would write down. */
type Model = {
  status: OrderStatus;
  kept: number;
  asked: number[];
  everAsked: number;
  isClosed: boolean;
  hasLeft: boolean;
  /** The one unit that was bought: whether it came back, and still waits to go on the shelf. */
  isBack: boolean;
  isUnshelved: boolean;
};
type Real = { order: Order; history: OrderEvent[] };
type Step = fc.Command<Model, Real>;

/** Takes events into the order, as the repository does. */
const take = (real: Real, events: readonly OrderEvent[]) => {
  for (const event of events) {
    real.order = evolve(real.order, event);
    real.history.push(event);
  }
};

const isIn = ({ status }: Model, ...statuses: OrderStatus[]) => statuses.includes(status);

const owed = ({ status, asked, isClosed, isUnshelved }: Model) => {
  if (status === 'pending') return 'reserve';
  if (status === 'stock-reserved') return 'pay';
  if ((status === 'cancelled' || status === 'payment-failed') && !isClosed) return 'give-back';
  if (asked.length > 0) return 'refund';
  return isUnshelved ? 'restock' : null;
};

/** What was never reached was never tried. */
const reached = new Set<OrderStatus>();

const agree = (model: Model, { order, history }: Real) => {
  reached.add(order.status);
  expect(order.status).toBe(model.status);
  expect(order.captured - order.refunded).toBe(model.kept);
  expect(pendingRefunds(order).map(({ amount }) => amount)).toEqual(model.asked);
  expect(nextStep(order)).toBe(owed(model));
  expect(order.version).toBe(history.length);
  expect(replay(history)).toEqual(order);
  expect(refundable(order)).toBeGreaterThanOrEqual(0);
};

type Wish = {
  readonly name: string;
  /** Whether it may happen; else it is refused aloud, or says nothing new. */
  readonly isAllowed: (model: Model) => boolean;
  readonly decide: (order: Order, real: Real) => readonly OrderEvent[];
  /** What happens to the card. */
  readonly note: (model: Model) => void;
};

const command = ({ name, isAllowed, decide, note }: Wish): Step => ({
  check: () => true,
  run: (model, real) => {
    const allowed = isAllowed(model);
    const before = real.order;
    let events: readonly OrderEvent[] = [];
    try {
      events = decide(before, real);
      if (!allowed) expect([name, events]).toEqual([name, []]);
    } catch (refusal) {
      expect([name, allowed, (refusal as { kind?: string }).kind]).toEqual([name, false, 'conflict']);
    }
    take(real, events);
    if (allowed) note(model);
    agree(model, real);
  },
  toString: () => name,
});

/** What an answer of a neighbour teaches. */
const learns = (name: string, from: OrderStatus, event: OrderEvent, note: (model: Model) => void) =>
  command({ name, isAllowed: (model) => isIn(model, from), decide: (order) => newsOf(order, event), note });

const cancelledBy = (reason: 'cancelled-by-customer' | 'cancelled-by-staff', ...until: OrderStatus[]) =>
  command({
    name: reason,
    isAllowed: (model) => isIn(model, ...until) && model.everAsked === 0 && !model.isBack,
    decide: (order) => cancel(order, { at, reason }),
    note: (model) => {
      model.status = 'cancelled';
    },
  });

const left = ({ kept, asked }: Model) => kept - asked.reduce((sum, amount) => sum + amount, 0);
const alive = ['paid', 'processing', 'shipped', 'delivered'] as const;

const plain: readonly Step[] = [
  learns('reserved', 'pending', { type: 'order.stock-reserved.v1', at, reservedUntil: at }, (model) => {
    model.status = 'stock-reserved';
  }),
  learns('paid', 'stock-reserved', { type: 'order.paid.v1', at, paymentId: 'pay_1', captured: total }, (model) => {
    Object.assign(model, { status: 'paid', kept: total });
  }),
  learns('declined', 'stock-reserved', { type: 'order.payment-failed.v1', at, reason: 'card-declined' }, (model) => {
    model.status = 'payment-failed';
  }),
  cancelledBy('cancelled-by-customer', 'pending', 'stock-reserved', 'paid'),
  cancelledBy('cancelled-by-staff', 'pending', 'stock-reserved', 'paid', 'processing'),
  command({
    name: 'processed',
    isAllowed: (model) => isIn(model, 'paid'),
    decide: (order) => startProcessing(order, { at }),
    note: (model) => {
      model.status = 'processing';
    },
  }),
  command({
    name: 'shipped',
    isAllowed: (model) => isIn(model, 'paid', 'processing') && left(model) > 0 && !model.isBack,
    decide: (order) => ship(order, { at, carrier: 'UPS', trackingNumber: '1Z' }),
    note: (model) => {
      Object.assign(model, { status: 'shipped', hasLeft: true });
    },
  }),
  command({
    name: 'delivered',
    isAllowed: (model) => isIn(model, 'shipped'),
    decide: (order) => deliver(order, { at }),
    note: (model) => {
      model.status = 'delivered';
    },
  }),
  command({
    name: 'refund made',
    isAllowed: ({ asked }) => asked.length > 0,
    decide: (order) => {
      const [pending] = pendingRefunds(order);
      const refundId = pending?.refundId ?? 'rfd_unknown';
      return newsOf(order, { type: 'order.refunded.v1', at, refundId, amount: pending?.amount ?? 1 });
    },
    note: (model) => {
      model.kept -= model.asked.shift() ?? 0;
      if (model.kept === 0) model.status = 'refunded';
    },
  }),
  command({
    name: 'given back',
    isAllowed: (model) => isIn(model, 'cancelled', 'payment-failed') && !model.isClosed,
    decide: (order) => {
      const { captured } = order;
      return newsOf(order, { type: 'order.closed.v1', at, paymentId: order.paymentId, captured, refunded: captured });
    },
    note: (model) => {
      Object.assign(model, { isClosed: true, kept: 0 });
    },
  }),
];

const refundAsked = (amount: number | undefined) =>
  command({
    name: `refund of ${amount ?? 'the rest'} asked for`,
    isAllowed: (model) => isIn(model, ...alive) && left(model) > 0 && (amount ?? 0) <= left(model),
    decide: (order) =>
      requestRefund(order, {
        at,
        refundId: `rfd_${order.refunds.length}`,
        reason: 'damaged',
        ...(amount !== undefined && { amount: { amount, currency: 'USD' } }),
      }),
    note: (model) => {
      model.asked.push(amount ?? left(model));
      model.everAsked += 1;
    },
  });

/** The unit comes back with an amount, or with all that it cost. */
const returnTold = (amount: number | undefined, isRestocked: boolean) =>
  command({
    name: `return for ${amount ?? 'its price'}${isRestocked ? '' : ', broken,'} told`,
    isAllowed: (model) =>
      isIn(model, ...alive, 'refunded') &&
      !model.isBack &&
      (model.hasLeft || left(model) > 0) &&
      (amount ?? total) <= Math.min(total, left(model)),
    decide: (order) =>
      returnItems(order, {
        ...{ at, reason: 'too small' },
        ...{ returnId: `ret_${order.version}`, refundId: `rfd_${order.refunds.length}` },
        lines: [{ productId: placed.lines[0]?.productId ?? '', quantity: 1, isRestocked }],
        ...(amount !== undefined && { amount: { amount, currency: 'USD' } }),
      }),
    note: (model) => {
      Object.assign(model, { isBack: true, isUnshelved: isRestocked });
      const wanted = amount ?? total;
      if (wanted === 0) return;
      model.asked.push(wanted);
      model.everAsked += 1;
    },
  });

const shelved = command({
  name: 'restocked',
  isAllowed: ({ isUnshelved }) => isUnshelved,
  decide: (order) =>
    newsOf(order, { type: 'order.restocked.v1', at, returnId: pendingRestocks(order)[0]?.returnId ?? 'ret_unknown' }),
  note: (model) => {
    model.isUnshelved = false;
  },
});

/** Without what ends an order early, so that many orders come to their end. */
const onward = plain.filter((step) => !/cancelled|declined/.test(String(step)));

test('an order and its model agree after whatever was asked of both', () => {
  const steps = fc.commands(
    [
      ...[...plain, shelved, ...onward, ...onward].map((step) => fc.constant(step)),
      fc.option(fc.integer({ min: 1, max: total + 1 }), { nil: undefined, freq: 1 }).map(refundAsked),
      fc
        .tuple(fc.option(fc.constantFrom(0, 1000, total + 1), { nil: undefined, freq: 2 }), fc.boolean())
        .map(([amount, isRestocked]) => returnTold(amount, isRestocked)),
    ],
    { maxCommands: 60, size: 'max' },
  );
  const live = (commands: Iterable<Step>) => {
    const real: Real = { order: replay([placed]), history: [placed] };
    const model: Model = {
      ...{ status: 'pending', kept: 0, asked: [], everAsked: 0, isClosed: false },
      ...{ hasLeft: false, isBack: false, isUnshelved: false },
    };
    agree(model, real);
    fc.modelRun(() => ({ model, real }), commands);
  };
  fc.assert(fc.property(steps, live), { numRuns: 80 });
  expect([...reached].toSorted()).toEqual(orderStatuses.toSorted());
});
