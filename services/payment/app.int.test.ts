import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseEvent } from '../contracts/events/topics.ts';
import { maxAmount } from '../contracts/http/values.ts';
import { openEventLog } from '../kit/events/open-event-log.ts';
import { systemIds } from '../kit/system-ids.ts';
import { eventually } from '../kit/testing/condition.ts';
import { readTopic } from '../kit/testing/event-logs/read-topic.ts';
import { startPaymentService, type TestPaymentService } from './testing/running-payment-service.ts';

let service: TestPaymentService;
let door: ReturnType<TestPaymentService['doorFor']>;
let staff: Record<string, string>;
beforeAll(async () => {
  service = await startPaymentService();
  door = service.doorFor('order');
  staff = await service.staff();
});
afterAll(() => service?.stop());

const usd = (amount: number) => ({ amount, currency: 'USD' });
const newOrder = () => systemIds.next('ord');
const paymentOf = async (orderId: string) =>
  (await door.findBookedPayments({ orderIds: [orderId] })).payments[0]?.payment;
const authorise = (orderId: string, parts: { token?: string; amount?: number } = {}) =>
  door.authorise({ orderId, amount: usd(parts.amount ?? 3000), token: parts.token ?? 'tok_visa' });
const refund = (orderId: string, amount: number, refundId = systemIds.next('rfd')) =>
  door.refund({ orderId, refundId, amount: usd(amount), reason: 'damaged' });
const get = (url: string, headers: Record<string, string> = staff) =>
  service.http.inject({ method: 'GET', url, headers });

describe('the gRPC door', () => {
  test('authorises, captures and refunds, each once', async () => {
    const orderId = newOrder();
    expect((await authorise(orderId)).payment).toMatchObject({ orderId, status: 'authorised', amount: usd(3000) });
    const captures = await Promise.all(Array.from({ length: 5 }, () => door.capture({ orderId })));
    for (const { payment } of captures) expect(payment).toMatchObject({ status: 'captured', captured: usd(3000) });
    const refundId = systemIds.next('rfd');
    for (let again = 0; again < 2; again++)
      expect((await refund(orderId, 1000, refundId)).payment).toMatchObject({ refunded: usd(1000) });
    await expect(refund(orderId, 2001)).rejects.toMatchObject({ kind: 'conflict' });
    expect((await refund(orderId, 2000)).payment).toMatchObject({ status: 'refunded', refunded: usd(3000) });
    expect(await paymentOf(orderId)).toMatchObject({ status: 'refunded' });
  });

  test('tells why a card is declined, and has no payment for an order that began none', async () => {
    const orderId = newOrder();
    expect((await authorise(orderId, { token: 'tok_insufficient' })).payment).toMatchObject({
      status: 'declined',
      declineReason: 'insufficient-funds',
    });
    expect(await paymentOf(newOrder())).toBeUndefined();
  });

  test('bars an order that was cancelled before its payment began', async () => {
    const orderId = newOrder();
    expect((await door.cancel({ orderId, reason: 'cancelled-by-customer' })).payment).toBeUndefined();
    expect((await authorise(orderId)).payment).toMatchObject({ status: 'declined', declineReason: 'order-cancelled' });
  });

  test('refuses the money of an order that it does not know', async () => {
    await expect(door.capture({ orderId: newOrder() })).rejects.toMatchObject({ kind: 'missing' });
    await expect(refund(newOrder(), 1)).rejects.toMatchObject({ kind: 'missing' });
  });

  test.each<[string, () => Promise<unknown>, string]>([
    ['an order id of another kind', () => authorise(systemIds.next('usr')), 'orderId'],
    ['a negative amount', () => authorise(newOrder(), { amount: -1 }), 'amount.amount'],
    ['an amount beyond the limit', () => authorise(newOrder(), { amount: maxAmount + 1 }), 'amount.amount'],
    ['a card number', () => authorise(newOrder(), { token: '4111111111111111' }), 'token'],
    ['a refund of nothing', () => refund(newOrder(), 0), 'amount.amount'],
    ['a refund without an id', () => refund(newOrder(), 1, ''), 'refundId'],
    ['a cancellation without a reason', () => door.cancel({ orderId: newOrder(), reason: '' }), 'reason'],
    ['a reason that cannot be stored', () => door.cancel({ orderId: newOrder(), reason: 'a\0b' }), 'reason'],
  ])('refuses %s', async (_what, call, path) => {
    await expect(call()).rejects.toMatchObject({
      kind: 'invalid',
      code: 'request.invalid',
      errors: [expect.objectContaining({ path })],
    });
  });

  // The public gateway may read payments over HTTP, so that it is a declared caller; it must not move money (M7).
  test.each(['cart', 'api-gateway'])('is closed to %s, which does not move money', async (caller) => {
    const orderId = newOrder();
    const stranger = service.doorFor(caller);
    const refundId = systemIds.next('rfd');
    const calls = [
      stranger.authorise({ orderId, amount: usd(1), token: 'tok_visa' }),
      stranger.capture({ orderId }),
      stranger.cancel({ orderId, reason: 'x' }),
      stranger.refund({ orderId, refundId, amount: usd(1), reason: 'x' }),
      stranger.getPayment({ orderId }),
    ];
    for (const outcome of await Promise.allSettled(calls))
      expect(outcome).toMatchObject({ reason: { cause: { code: 'service-token.not-allowed' } } });
    expect(await paymentOf(orderId)).toBeUndefined();
  });
});

describe('the REST door', () => {
  test('shows a payment to staff, without the token of the card', async () => {
    const orderId = newOrder();
    const { payment } = await authorise(orderId);
    const answer = await get(`/payments/${payment?.id}`);
    expect(answer.json().payment).toMatchObject({ id: payment?.id, orderId, status: 'authorised', refunds: [] });
    expect(answer.body).not.toContain('tok_');
  });

  test('is for staff only', async () => {
    const { payment } = await authorise(newOrder());
    for (const url of ['/payments', `/payments/${payment?.id}`]) {
      const guest = { 'x-session-id': systemIds.next('ses') };
      const statuses = await Promise.all(
        [{}, guest, await service.customer(), { authorization: 'Bearer no' }, staff].map(
          async (headers) => (await get(url, headers)).statusCode,
        ),
      );
      expect(statuses).toEqual([401, 401, 403, 403, 200]);
    }
  });

  test('lists payments newest first, page by page, and by order', async () => {
    const orders = [newOrder(), newOrder(), newOrder()];
    for (const orderId of orders) await authorise(orderId);
    const first = (await get('/payments?limit=2')).json();
    const second = (await get(`/payments?limit=2&cursor=${first.nextCursor}`)).json();
    const listed = [...first.items, ...second.items].map(({ orderId }: { orderId: string }) => orderId);
    expect(listed.slice(0, 3)).toEqual(orders.toReversed());
    const ofOne = (await get(`/payments?orderId=${orders[0]}`)).json();
    expect(ofOne.items).toHaveLength(1);
    expect(ofOne.nextCursor).toBeNull();
  });

  test.each([
    ['/payments?limit=0', 400],
    ['/payments?limit=101', 400],
    ['/payments?cursor=nonsense', 400],
    ['/payments?status=lost', 400],
    ['/payments?secret=1', 400],
    ['/payments/pay_1', 400],
    ['/payments/pay_00000000000000000000000099', 404],
  ])('answers %s with %d', async (url, status) => {
    expect((await get(url)).statusCode).toBe(status);
  });
});

test('what happened to the money is published in order per payment', async () => {
  const orderId = newOrder();
  const { payment } = await authorise(orderId);
  await door.capture({ orderId });
  await refund(orderId, 3000);
  const log = await openEventLog({ url: service.store.url, logger: service.context.logger });
  try {
    await eventually(
      async () => {
        const records = (await readTopic(log, 'payment-events')).filter(({ key }) => key === payment?.id);
        const events = records.map(({ value }) => parseEvent(value, 'payment-events'));
        expect(events.map((event) => [event?.sequence, event?.type])).toEqual([
          [1, 'payment.authorised.v1'],
          [2, 'payment.captured.v1'],
          [3, 'payment.refunded.v1'],
        ]);
      },
      { everyMs: 100 },
    );
  } finally {
    await log.close();
  }
});

test('every critical function is registered', () => {
  expect(service.context.functions.missing()).toEqual([]);
});
