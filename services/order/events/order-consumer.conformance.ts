/** What the orders learn from events, whichever log brings them: each fact once in effect, however often, late or mixed up. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { InventoryEvent } from '../../contracts/events/inventory-events.ts';
import type { PaymentEvent } from '../../contracts/events/payment-events.ts';
import type { EventLog, LogRecord } from '../../kit/events/event-log.ts';
import { systemIds } from '../../kit/system-ids.ts';
import { eventually } from '../../kit/testing/condition.ts';
import { readTopic, unreadBy } from '../../kit/testing/event-logs/read-topic.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import { anAddress } from '../testing/order-fixtures.ts';
import { startOrderService, type TestOrderService } from '../testing/running-order-service.ts';

/** A log of one test file. */
export type LogOfTests = { readonly log: EventLog; readonly url: string; drop(): Promise<void> };

type Fact =
  | { readonly type: InventoryEvent['type'] & string; readonly data: Record<string, unknown> }
  | { readonly type: PaymentEvent['type'] & string; readonly data: Record<string, unknown> };
type Story = {
  /** Delivered one after the other, each twice; in the end all of them come again, last one first. */
  readonly facts: readonly Fact[];
  /** Whether the customer cancels before anything is delivered. */
  readonly isCancelled?: boolean;
  /** Types of what the order has lived through after `order.placed.v1`. */
  readonly history: readonly string[];
  readonly order: Record<string, unknown>;
  /** Jobs that the history queues beside the two of every new order: what is owed drives, an end drives by its own event too. */
  readonly jobs: number;
};

const usd = (amount: number) => ({ amount, currency: 'USD' });
const price = 1500;
const paymentId = systemIds.next('pay');
const reserved: Fact = {
  type: 'inventory.reserved.v1',
  data: { lines: [], reservedUntil: '2026-03-01T10:15:00.000Z' },
};
const rejected: Fact = { type: 'inventory.rejected.v1', data: { shortages: [] } };
const stockCommitted: Fact = { type: 'inventory.committed.v1', data: { lines: [] } };
const released = (reason: string): Fact => ({ type: 'inventory.released.v1', data: { lines: [], reason } });
const captured: Fact = { type: 'payment.captured.v1', data: { amount: usd(price) } };
const authorised: Fact = { type: 'payment.authorised.v1', data: { amount: usd(price) } };
const declined: Fact = { type: 'payment.declined.v1', data: { amount: usd(price), reason: 'card-declined' } };
const voided: Fact = { type: 'payment.voided.v1', data: { reason: 'cancelled' } };
const refunded: Fact = {
  type: 'payment.refunded.v1',
  data: { refundId: systemIds.next('rfd'), amount: usd(price), refundedTotal: usd(price) },
};
const isPaid = { status: 'paid', payment: { paymentId, captured: usd(price), refunded: usd(0) } };
const failed = { status: 'payment-failed', payment: { captured: usd(0), failure: 'card-declined' } };
const cancelledFor = (reason: string) => ({
  status: 'cancelled',
  cancellation: { reason, note: null },
  payment: { captured: usd(0) },
});

const stories: readonly [string, Story][] = [
  [
    'stock that was reserved is learnt',
    { facts: [reserved], history: ['stock-reserved'], order: { status: 'stock-reserved' }, jobs: 1 },
  ],
  [
    'goods that are gone cancel the order',
    { facts: [rejected], history: ['cancelled'], order: cancelledFor('out-of-stock'), jobs: 2 },
  ],
  [
    'a reservation that expired cancels the order',
    {
      facts: [reserved, released('expired')],
      history: ['stock-reserved', 'cancelled'],
      order: cancelledFor('reservation-expired'),
      jobs: 3,
    },
  ],
  [
    'an expiry that overtakes its reservation cancels the order for good',
    {
      facts: [released('expired'), reserved],
      history: ['cancelled'],
      order: cancelledFor('reservation-expired'),
      jobs: 2,
    },
  ],
  [
    'a rejection after the reservation is too late',
    { facts: [reserved, rejected], history: ['stock-reserved'], order: { status: 'stock-reserved' }, jobs: 1 },
  ],
  [
    'money that was taken is learnt',
    // A second drive takes money that is there once a bank has answered its buyer.
    { facts: [reserved, authorised, captured], history: ['stock-reserved', 'paid'], order: isPaid, jobs: 2 },
  ],
  [
    'money that is told before the stock waits for the driver to ask again',
    { facts: [captured, reserved], history: ['stock-reserved'], order: { status: 'stock-reserved' }, jobs: 1 },
  ],
  [
    'a declined card fails the order',
    { facts: [reserved, declined], history: ['stock-reserved', 'payment-failed'], order: failed, jobs: 3 },
  ],
  [
    'a paid order stays paid, whatever its stock or payment tells late',
    {
      facts: [reserved, captured, declined, rejected, released('expired'), stockCommitted],
      history: ['stock-reserved', 'paid'],
      order: isPaid,
      jobs: 1,
    },
  ],
  [
    'an order that failed stays so when money is told late',
    { facts: [reserved, declined, captured], history: ['stock-reserved', 'payment-failed'], order: failed, jobs: 3 },
  ],
  [
    'an order that its customer cancelled learns nothing any more',
    {
      isCancelled: true,
      facts: [reserved, captured, declined, released('cancelled')],
      history: ['cancelled'],
      order: cancelledFor('cancelled-by-customer'),
      jobs: 2,
    },
  ],
  [
    'what was given back teaches nothing: the driver that gives it back tells',
    {
      facts: [reserved, captured, voided, refunded, released('returned')],
      history: ['stock-reserved', 'paid'],
      order: isPaid,
      jobs: 1,
    },
  ],
];

export const orderConsumerConformance = (name: string, start: () => Promise<LogOfTests>) => {
  let events: LogOfTests;
  let service: TestOrderService;
  let staff: Record<string, string>;
  const serve = async () => {
    events = await start();
    const topic = { partitions: 4, retentionDays: 1 };
    await events.log.createTopics({ 'payment-events': topic, 'inventory-events': topic });
    service = await startOrderService({ eventsUrl: events.url, driveLater: true });
    staff = await service.staff();
  };
  const end = async () => {
    await service?.stop();
    await events?.drop();
  };

  const call = (method: 'GET' | 'POST', url: string, headers: Record<string, string>, payload?: object) =>
    service.http.inject({ method, url, headers, payload });
  const read = async (id: string) => (await call('GET', `/orders/${id}`, staff)).json().order;
  const history = async (id: string): Promise<string[]> =>
    (await call('GET', `/orders/${id}/timeline`, staff)).json().items.map(({ type }: { type: string }) => type);
  const jobsOf = async (id: string) => {
    const { rows } = await service.store.database.query<{ jobs: number }>(
      "SELECT count(*)::int AS jobs FROM jobs.job WHERE data ->> 'orderId' = $1",
      [id],
    );
    return rows[0]?.jobs;
  };
  /** A new order, once the job of its request and that of its own event are queued. */
  const place = async (productId: string, token = 'tok_visa') => {
    const customer = await service.customer();
    const headers = { 'idempotency-key': systemIds.next('evt'), ...customer };
    const items = [{ productId, quantity: 1 }];
    const payment = { method: 'card', token };
    const answer = await call('POST', '/orders', headers, { shippingAddress: anAddress, payment, items });
    const { id } = answer.json().order as { id: string };
    await eventually(async () => expect(await jobsOf(id)).toBe(2));
    return { id, customer };
  };

  const recordOf = ({ type, data }: Fact, orderId: string, sequence: number) => {
    const ofPayment = type.startsWith('payment.');
    const key = ofPayment ? paymentId : orderId;
    const event = {
      ...{ specversion: '1.0', id: systemIds.next('evt'), source: 'test', type, subject: key, sequence },
      ...{ time: new Date().toISOString(), datacontenttype: 'application/json' },
      data: { orderId, ...(ofPayment && { paymentId }), ...data },
    };
    return {
      topic: ofPayment ? 'payment-events' : 'inventory-events',
      record: { key, value: JSON.stringify(event), headers: { id: event.id } },
    };
  };
  /** Appends the records and waits until none of them is unread. */
  const deliver = async (topic: string, records: readonly Pick<LogRecord, 'key' | 'value' | 'headers'>[]) => {
    await events.log.append(topic, records);
    await eventually(async () => expect(await unreadBy(events.log, 'order', topic)).toBe(0));
  };
  const deliverAll = async (facts: readonly Fact[], orderId: string) => {
    const told = facts.map((fact, at) => recordOf(fact, orderId, at + 1));
    for (const { topic, record } of told) await deliver(topic, [record, record]);
    return told;
  };

  describe(`orders that hear of their stock and payment from the log ${name}`, () => {
    beforeAll(serve);
    afterAll(end);

    test.each(stories)('%s', async (_title, { facts, isCancelled, history: expected, order, jobs }) => {
      const { id, customer } = await place(service.offer({ amount: price }));
      if (isCancelled) await call('POST', `/orders/${id}/cancel`, customer);
      const types = ['placed', ...expected].map((fact) => `order.${fact}.v1`);
      const isAsTold = async () => {
        expect(await history(id)).toEqual(types);
        expect(await read(id)).toMatchObject(order);
        expect(await jobsOf(id)).toBe(2 + jobs);
      };
      const told = await deliverAll(facts, id);
      await eventually(isAsTold);
      for (const { topic, record } of told.toReversed()) await deliver(topic, [record]);
      await isAsTold();
    });

    test("an order's own event queues one more driver, and none when it comes again or late", async () => {
      const { id } = await place(service.offer({ amount: price }));
      const own = await eventually(async () => {
        const [first] = (await readTopic(events.log, 'order-events')).filter(({ key }) => key === id);
        expect(first).toBeDefined();
        return first as LogRecord;
      });
      await deliver('order-events', [own, own]);
      expect(await jobsOf(id)).toBe(2);
      await deliverAll([reserved], id);
      expect(await jobsOf(id)).toBe(3);
      const event = { ...JSON.parse(own.value), id: systemIds.next('evt') };
      await deliver('order-events', [{ key: id, value: JSON.stringify(event), headers: { id: event.id } }]);
      expect(await jobsOf(id)).toBe(3);
    });

    test('of an order that nobody knows they say nothing, and they hold nothing up', async () => {
      const unknown = systemIds.next('ord');
      await deliverAll([reserved, captured, declined, released('expired')], unknown);
      expect((await call('GET', `/orders/${unknown}`, staff)).statusCode).toBe(404);
      const { id } = await place(service.offer({ amount: price }));
      await deliverAll([rejected], id);
      await eventually(async () => expect((await read(id)).status).toBe('cancelled'));
    });
  });

  describe(`orders that the log ${name} moved while their driver was away`, () => {
    beforeAll(serve);
    afterAll(end);

    test('are driven on from there: charged once, or everything given back', async () => {
      const { stock, till } = service;
      const productId = service.offer({ amount: price, stock: 3 });
      const lines = [{ productId, quantity: 1 }];
      // Product and payment did what they were asked; only their answers were lost.
      const ids: string[] = [];
      for (let order = 0; order < 3; order++) {
        const { id } = await place(productId);
        stock.reserve(id, lines);
        ids.push(id);
      }
      const [bought = '', expired = '', refused = ''] = ids;
      await deliverAll([reserved], bought);
      till.authorise(expired, price, 'tok_visa');
      await deliverAll([reserved, released('expired')], expired);
      till.authorise(refused, price, 'tok_declined');
      await deliverAll([reserved, declined], refused);
      await service.startDriving();
      await eventually(async () => expect(await read(bought)).toMatchObject({ status: 'paid' }));
      for (const id of [expired, refused])
        await eventually(async () => expect((await history(id)).at(-1)).toBe('order.closed.v1'));
      expect(till.payments.get(bought)).toMatchObject({ status: 'captured', captured: price });
      expect(till.payments.get(expired)).toMatchObject({ status: 'voided', captured: 0 });
      expect(till.payments.get(refused)).toMatchObject({ status: 'declined', captured: 0 });
      expect(ids.map((id) => stock.reservations.get(id)?.status)).toEqual(['committed', 'released', 'released']);
      expect(stock.shelf.get(productId)?.stock).toBe(2);
    });
  });

  describe(`orders that the log ${name} tells of while they are driven`, () => {
    beforeAll(async () => {
      await serve();
      await service.startDriving();
    });
    afterAll(end);

    type Charge = typeof service.till.client.charge;
    /** Buys one film, with payments that answer so. */
    const buy = async (token: string, answering: (charge: Charge) => Charge) => {
      const { charge } = service.till.client;
      Object.assign(service.till.client, { charge: answering(charge) });
      const items = [{ productId: service.offer({ amount: price }), quantity: 1 }];
      const body = { shippingAddress: anAddress, payment: { method: 'card', token }, items };
      const headers = { 'idempotency-key': systemIds.next('evt'), ...(await service.customer()) };
      const { id } = (await call('POST', '/orders', headers, body)).json().order as { id: string };
      return { id, answerAgain: () => Object.assign(service.till.client, { charge }) };
    };
    const isPaidInTheEnd = (id: string) =>
      eventually(async () => expect(await read(id)).toMatchObject({ status: 'paid' }));

    test('are paid although their driver never gets an answer', async () => {
      const [taken, lost] = [Promise.withResolvers<void>(), Promise.withResolvers<never>()];
      const { id, answerAgain } = await buy('tok_visa', (charge) => async (...asked) => {
        await charge(...asked);
        taken.resolve();
        return lost.promise;
      });
      await taken.promise;
      await deliverAll([captured], id);
      expect((await read(id)).status).toBe('pending');
      lost.reject(new Refusal('unavailable', 'payment.outcome-unknown', 'The payment has no outcome yet.'));
      await isPaidInTheEnd(id);
      answerAgain();
    });

    test('are paid when their bank knows its buyer while the driver is told that it does not', async () => {
      const [asked, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      let asks = 0;
      const { id, answerAgain } = await buy('ctoken_asked', (charge) => async (...about) => {
        const answer = await charge(...about);
        // The first answer has the order written as one that waits; this one is the last before it is left to its buyer.
        if (++asks === 2) {
          asked.resolve();
          await answered.promise;
        }
        return answer;
      });
      await asked.promise;
      service.till.answerOfBank(id, true);
      await deliverAll([authorised], id);
      answered.resolve();
      await isPaidInTheEnd(id);
      answerAgain();
    });
  });
};
