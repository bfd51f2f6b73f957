/** The whole service with Stripe as its provider: a peer with state, and webhooks signed as Stripe signs them. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { systemIds } from '../kit/system-ids.ts';
import { startPaymentService, type TestPaymentService } from './testing/running-payment-service.ts';
import { type StripePeer, startStripePeer } from './testing/stripe-peer.ts';

const secret = ['whsec', 'peerPeerPeerPeer'].join('_');

let peer: StripePeer;
let service: TestPaymentService;
let door: ReturnType<TestPaymentService['doorFor']>;
beforeAll(async () => {
  peer = await startStripePeer();
  service = await startPaymentService({
    PAYMENT_PROVIDER: 'stripe',
    PROVIDER_TIMEOUT_MS: 30_000,
    STRIPE_API_URL: peer.url,
    STRIPE_PUBLISHABLE_KEY: ['pk_test', 'peerPeerPeerPeer'].join('_'),
    STRIPE_SECRET_KEY: ['sk_test', 'peerPeerPeerPeer'].join('_'),
    STRIPE_WEBHOOK_SECRET: secret,
  });
  door = service.doorFor('order');
});
beforeEach(() => {
  peer.faults.length = 0;
});
afterAll(async () => {
  await service?.stop();
  await peer?.stop();
});

const amount = { amount: 3000, currency: 'USD' };
const authorise = (orderId: string, token = 'pm_card_visa', capture = false) =>
  door.authorise({ orderId, amount, token, capture });
const intentOf = async (orderId: string) => {
  const { rows } = await service.store.database.query<{ id: string }>('SELECT id FROM payments WHERE order_id = $1', [
    orderId,
  ]);
  const found = [...peer.intents.values()].filter(({ metadata }) => metadata['cloudmart_payment'] === rows[0]?.id);
  expect(found).toHaveLength(1);
  return found[0] as NonNullable<(typeof found)[0]>;
};
const statusOf = async (orderId: string) =>
  (await door.findBookedPayments({ orderIds: [orderId] })).payments[0]?.payment;

const signed = (body: string, { at = Math.floor(Date.now() / 1000), by = secret } = {}) =>
  `t=${at},v1=${createHmac('sha256', by).update(`${at}.${body}`).digest('hex')}`;
const tell = async (body: string, signature: string = signed(body)) => {
  // As the gateway passes it on: the text that came, as a JSON string.
  const headers = { 'content-type': 'application/json', 'stripe-signature': signature };
  const answer = await service.http.inject({
    method: 'POST',
    url: '/webhooks/stripe',
    headers,
    payload: JSON.stringify(body),
  });
  return { status: answer.statusCode, code: answer.body === '' ? undefined : answer.json().code };
};
/** An event in Stripe's shape and with its odd spaces, over which the signature goes as well. */
const event = (type: string, object: object, id = systemIds.next('evt')) =>
  `${JSON.stringify({ id, object: 'event', type, data: { object } }, null, 2)}\n`;
const heard = { status: 204, code: undefined };

test('an order is authorised, captured and refunded by Stripe, each once', async () => {
  const orderId = systemIds.next('ord');
  for (let again = 0; again < 2; again++)
    expect((await authorise(orderId, 'tok_visa')).payment).toMatchObject({ status: 'authorised' });
  expect((await door.capture({ orderId })).payment).toMatchObject({ status: 'captured', captured: amount });
  const wish = { orderId, refundId: systemIds.next('rfd'), amount: { ...amount, amount: 1000 }, reason: 'damaged' };
  for (let again = 0; again < 2; again++) expect((await door.refund(wish)).payment?.refunded?.amount).toBe(1000);
  const { id } = await intentOf(orderId);
  expect(peer.refunds.filter(({ payment_intent }) => payment_intent === id).map((refund) => refund.amount)).toEqual([
    1000,
  ]);
});

test('a charge whose answer was lost is found again and taken once', async () => {
  const orderId = systemIds.next('ord');
  peer.faults.push('error-after-acting');
  await expect(authorise(orderId, 'pm_card_visa', true)).rejects.toMatchObject({ kind: 'unavailable' });
  expect((await authorise(orderId, 'pm_card_visa', true)).payment).toMatchObject({ status: 'captured' });
  expect(await intentOf(orderId)).toMatchObject({ status: 'succeeded', amount_received: 3000 });
});

describe('a buyer whose bank asks who pays', () => {
  const asking = async () => {
    const orderId = systemIds.next('ord');
    return { orderId, ...(await authorise(orderId, 'ctoken_authenticate', true)) };
  };

  test('is given what the browser needs, as often as the payment is asked for, and is charged once afterwards', async () => {
    const { orderId, payment, buyerSecret } = await asking();
    const { id, client_secret } = await intentOf(orderId);
    expect([payment?.status, buyerSecret]).toEqual(['pending', client_secret]);
    expect(await authorise(orderId, 'ctoken_authenticate', true)).toEqual({ payment, buyerSecret });
    peer.answerOfBank(id, true);
    const paid = await authorise(orderId, 'ctoken_authenticate', true);
    expect([paid.payment?.status, paid.buyerSecret]).toEqual(['captured', undefined]);
    expect(await intentOf(orderId)).toMatchObject({ status: 'succeeded', amount_received: 3000 });
  });

  test('and who turns out to be somebody else is declined', async () => {
    const { orderId } = await asking();
    peer.answerOfBank((await intentOf(orderId)).id, false);
    const { payment } = await authorise(orderId, 'ctoken_authenticate', true);
    expect(payment).toMatchObject({ status: 'declined', declineReason: 'authentication-required' });
  });

  test('is learnt of by a webhook, too', async () => {
    const { orderId } = await asking();
    const intent = await intentOf(orderId);
    expect(await tell(event('payment_intent.requires_action', intent))).toEqual(heard);
    expect(await statusOf(orderId)).toMatchObject({ status: 'pending' });
    peer.answerOfBank(intent.id, true);
    expect(await tell(event('payment_intent.amount_capturable_updated', intent))).toEqual(heard);
    expect(await statusOf(orderId)).toMatchObject({ status: 'authorised' });
  });

  test.each([
    ['never answers', undefined],
    ['answers while the order is given up', true],
  ])('and %s is charged nothing once the order is cancelled', async (_, answer) => {
    const { orderId } = await asking();
    const { id } = await intentOf(orderId);
    if (answer !== undefined) peer.answerOfBank(id, answer);
    for (let again = 0; again < 2; again++)
      expect((await door.cancel({ orderId, reason: 'timed-out' })).payment).toMatchObject({ status: 'voided' });
    expect(await intentOf(orderId)).toMatchObject({ status: 'canceled', amount_received: 0 });
  });
});

describe('a webhook', () => {
  test('tells the outcome of a charge whose answer was lost, and told again asks nobody', async () => {
    const orderId = systemIds.next('ord');
    peer.faults.push('error-after-acting');
    await expect(authorise(orderId)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await statusOf(orderId)).toMatchObject({ status: 'unknown' });
    const told = event('payment_intent.amount_capturable_updated', await intentOf(orderId));
    expect(await tell(told)).toEqual(heard);
    expect(await statusOf(orderId)).toMatchObject({ status: 'authorised' });
    peer.requests.length = 0;
    expect(await tell(told)).toEqual(heard);
    expect(peer.requests).toEqual([]);
  });

  test.each(['requires_confirmation', 'requires_payment_method'])(
    'that comes while the charge is %s, and nobody has tried the card yet, declines nothing',
    async (status) => {
      const orderId = systemIds.next('ord');
      peer.faults.push('error-after-acting');
      await expect(authorise(orderId)).rejects.toMatchObject({ kind: 'unavailable' });
      const intent = await intentOf(orderId);
      intent.status = status;
      expect(await tell(event('payment_intent.created', intent))).toMatchObject({ status: 503 });
      expect(await statusOf(orderId)).toMatchObject({ status: 'unknown' });
      intent.status = 'requires_capture';
      expect((await authorise(orderId)).payment).toMatchObject({ status: 'authorised' });
    },
  );

  test('of a refund in the dashboard of Stripe reaches the books, once however often it is told', async () => {
    const orderId = systemIds.next('ord');
    await authorise(orderId, 'pm_card_visa', true);
    const { id } = await intentOf(orderId);
    const refund = { id: `re_${orderId.slice(4)}`, object: 'refund', payment_intent: id, amount: 500 } as const;
    peer.refunds.unshift({ ...refund, metadata: {}, status: 'succeeded' });
    const tellings = await Promise.all(
      Array.from({ length: 4 }, (_, at) => tell(event('refund.created', refund, `evt_${orderId}_${at % 2}`))),
    );
    expect(tellings).toEqual([heard, heard, heard, heard]);
    expect((await statusOf(orderId))?.refunded?.amount).toBe(500);
  });

  test('told late, after what came later, changes nothing', async () => {
    const orderId = systemIds.next('ord');
    await authorise(orderId, 'pm_card_visa', true);
    const before = { ...(await intentOf(orderId)), status: 'requires_capture' };
    expect(await tell(event('payment_intent.amount_capturable_updated', before))).toEqual(heard);
    expect(await statusOf(orderId)).toMatchObject({ status: 'captured' });
  });

  test('about what the shop keeps no books of is heard, and changes nothing', async () => {
    const foreign = { id: 'pi_foreign', object: 'payment_intent', metadata: {} };
    expect(await tell(event('payment_intent.succeeded', foreign))).toEqual(heard);
    expect(await tell(event('payout.paid', { id: 'po_1', object: 'payout' }))).toEqual(heard);
  });

  test.each<[string, (body: string) => string]>([
    ['another secret', (body) => signed(body, { by: ['whsec', 'somebodyElses'].join('_') })],
    ['a time of six minutes ago', (body) => signed(body, { at: Math.floor(Date.now() / 1000) - 360 })],
    ['another body', () => signed('{}')],
    ['nothing that could be read', () => 'v1=none'],
  ])('signed with %s is refused, and changes nothing', async (_, sign) => {
    const orderId = systemIds.next('ord');
    await authorise(orderId);
    const intent = await intentOf(orderId);
    intent.status = 'canceled';
    const body = event('payment_intent.canceled', intent);
    expect(await tell(body, sign(body))).toEqual({ status: 400, code: 'webhook.signature-invalid' });
    expect(await statusOf(orderId)).toMatchObject({ status: 'authorised' });
  });
});
