import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { systemIds } from '../../kit/system-ids.ts';
import { eventually } from '../../kit/testing/condition.ts';
import { type StripePeer, startStripePeer } from '../testing/stripe-peer.ts';
import { paymentProviderConformance } from './payment-provider.conformance.ts';
import { type PaymentProvider, ProviderSilence, withDeadline } from './payment-provider.ts';
import { createStripeClient } from './stripe-client.ts';
import { createStripeProvider } from './stripe-provider.ts';

const openProvider = async (peer: StripePeer) =>
  createStripeProvider({
    stripe: await createStripeClient({ secretKey: 'sk_test_peer', apiUrl: peer.url, timeoutMs: 30_000 }),
    now: Date.now,
  });

paymentProviderConformance('Stripe', async () => {
  const peer = await startStripePeer();
  return {
    provider: await openProvider(peer),
    tokens: {
      accepted: 'tok_visa',
      declined: [
        ['tok_chargeDeclined', 'card-declined'],
        ['tok_chargeDeclinedInsufficientFunds', 'insufficient-funds'],
        ['tok_chargeDeclinedExpiredCard', 'card-expired'],
        ['tok_threeDSecure2Required', 'authentication-required'],
        ['tok_nobody_knows', 'card-unknown'],
      ],
    },
    stop: peer.stop,
  };
});

describe('Stripe', () => {
  let peer: StripePeer;
  let provider: PaymentProvider;
  let impatient: PaymentProvider;
  beforeAll(async () => {
    peer = await startStripePeer();
    provider = await openProvider(peer);
    impatient = withDeadline(provider, 100);
  });
  beforeEach(() => {
    peer.requests.length = 0;
    peer.faults.length = 0;
  });
  afterAll(() => peer?.stop());

  const money = { amount: 3000, currency: 'USD' };
  const wish = (begunAt = new Date(), token = 'tok_visa') => ({
    key: systemIds.next('pay'),
    amount: money,
    token,
    begunAt,
  });
  const yesterday = () => new Date(Date.now() - 25 * 3_600_000);
  const intentsOf = (key: string) =>
    [...peer.intents.values()].filter(({ metadata }) => metadata['cloudmart_payment'] === key);

  test('that charges and says nothing in time is silence, and asking again finds the one charge', async () => {
    const asked = { ...wish(), token: 'pm_card_visa' };
    peer.faults.push('silent-after-acting');
    await expect(impatient.authorise(asked)).rejects.toBeInstanceOf(ProviderSilence);
    // The request goes on where nobody waits for it any more.
    await eventually(() => expect(intentsOf(asked.key)).toHaveLength(1));
    expect(await provider.authorise(asked)).toMatchObject({ status: 'authorised' });
    expect(intentsOf(asked.key)).toHaveLength(1);
  });

  test('that has forgotten the key of an old attempt is asked by our id, and charges once', async () => {
    const asked = { ...wish(yesterday()), token: 'pm_card_visa' };
    peer.faults.push('error-after-acting');
    await expect(provider.authorise({ ...asked, begunAt: new Date() })).rejects.toBeInstanceOf(ProviderSilence);
    peer.forgetKeys();
    expect(await provider.authorise(asked)).toMatchObject({ status: 'authorised' });
    expect(intentsOf(asked.key)).toHaveLength(1);
  });

  test('that never heard of an old attempt charges it now', async () => {
    const asked = wish(yesterday());
    expect(await provider.authorise(asked)).toMatchObject({ status: 'authorised' });
    expect(intentsOf(asked.key)).toHaveLength(1);
  });

  test.each(['capture', 'void'] as const)('is asked to %s again after silence, and did it once', async (step) => {
    const { reference } = await provider.authorise(wish());
    peer.faults.push('error-after-acting');
    await expect(provider[step]({ reference })).rejects.toBeInstanceOf(ProviderSilence);
    peer.forgetKeys();
    const status = step === 'capture' ? 'captured' : 'voided';
    expect(await provider[step]({ reference })).toMatchObject({ status, captured: step === 'capture' ? 3000 : 0 });
  });

  test('gives a refund back once, also after silence and after its key was forgotten', async () => {
    const { reference } = await provider.authorise(wish());
    await provider.capture({ reference });
    const refund = { reference, refundId: systemIds.next('rfd'), amount: { amount: 1000, currency: 'USD' } };
    // The look-ups before it are answered.
    peer.requests.length = 0;
    const before = provider.refund(refund);
    await before;
    peer.forgetKeys();
    expect((await provider.refund(refund)).refunds).toEqual([{ refundId: refund.refundId, amount: 1000 }]);
    expect(peer.refunds.filter(({ payment_intent }) => payment_intent === reference)).toHaveLength(1);
  });

  test('names a refund that was made in its dashboard always the same, and leaves out one that failed', async () => {
    const { reference } = await provider.authorise(wish());
    await provider.capture({ reference });
    const made = { object: 'refund', payment_intent: reference, amount: 100, metadata: {} } as const;
    peer.refunds.unshift(
      { ...made, id: 're_failed', status: 'failed' },
      { ...made, id: 're_desk', status: 'succeeded' },
    );
    const read = async () => (await provider.find({ reference })).refunds;
    expect(await read()).toEqual([{ refundId: expect.stringMatching(/^rfd_[0-9a-z]{26}$/), amount: 100 }]);
    expect(await read()).toEqual(await read());
  });

  test.each([
    ['overloaded', 1],
    // Its client tries a connection that was closed meanwhile once more, under the same key.
    ['hangs-up', 2],
  ] as const)('%s is silence, tried %d times at most', async (fault, tries) => {
    peer.faults.push(...Array.from({ length: tries }, () => fault));
    await expect(provider.authorise(wish())).rejects.toBeInstanceOf(ProviderSilence);
    expect([peer.requests, peer.faults]).toEqual([[], []]);
  });

  test('that refuses the key is said so, and nothing counts as declined', async () => {
    peer.faults.push('key-refused');
    await expect(provider.authorise(wish())).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'payment.provider-refuses-key',
    });
  });

  test('is given one idempotency key for each step', async () => {
    const asked = wish();
    const { reference } = await provider.authorise(asked);
    await provider.capture({ reference });
    await provider.capture({ reference });
    const keys = peer.requests.filter((request) => request.startsWith('POST')).map((request) => request.split(' ')[2]);
    expect(keys).toEqual([
      `${asked.key}:card`,
      `${asked.key}:authorise`,
      `${reference}:capture`,
      `${reference}:capture`,
    ]);
  });

  test('charges a card that is saved for a customer, such as that of a proof, under the customer', async () => {
    expect(await provider.authorise(wish(new Date(), 'pm_savedCardOfTheShop'))).toMatchObject({ status: 'authorised' });
    expect(await provider.authorise(wish(new Date(), 'pm_card_visa'))).toMatchObject({ status: 'authorised' });
  });

  test('is given what a browser sent as it is, and charges or declines it', async () => {
    expect(await provider.authorise(wish(new Date(), 'ctoken_visa'))).toMatchObject({ status: 'authorised' });
    for (const [token, declineReason] of [
      ['ctoken_declined', 'card-declined'],
      ['ctoken_nobody_knows', 'card-unknown'],
    ] as const)
      expect(await provider.authorise(wish(new Date(), token))).toMatchObject({ status: 'declined', declineReason });
  });

  describe('waits for a buyer whose bank asks who pays', () => {
    const asking = () => wish(new Date(), 'ctoken_authenticate');

    test.each([
      [true, { status: 'authorised', declineReason: null }],
      [false, { status: 'declined', declineReason: 'authentication-required' }],
    ])('and asked again says what came of it, with one charge', async (isBuyer, outcome) => {
      const asked = asking();
      const waiting = await provider.authorise(asked);
      const { client_secret: buyerSecret } = intentsOf(asked.key)[0] ?? {};
      expect(waiting).toMatchObject({ status: 'awaiting-buyer', captured: 0, buyerSecret });
      expect(await provider.authorise(asked)).toEqual(waiting);
      peer.answerOfBank(waiting.reference, isBuyer);
      const answered = await provider.authorise(asked);
      expect(answered).toMatchObject(outcome);
      expect(answered).not.toHaveProperty('buyerSecret');
      expect(intentsOf(asked.key)).toHaveLength(1);
    });

    test('and gives it up when it is told to, after which the buyer is too late', async () => {
      const { reference } = await provider.authorise(asking());
      expect(await provider.void({ reference })).toMatchObject({ status: 'voided', captured: 0 });
      expect(() => peer.answerOfBank(reference, true)).toThrow('waits for no buyer');
    });

    test('and lists it among the charges once it is decided', async () => {
      const asked = asking();
      const { reference } = await provider.authorise(asked);
      const listed = async () => {
        const keys: string[] = [];
        const span = { since: new Date(Date.now() - 3_600_000), until: new Date(Date.now() + 3_600_000) };
        for await (const { key } of provider.charges(span)) keys.push(key);
        return keys.includes(asked.key);
      };
      expect(await listed()).toBe(false);
      peer.answerOfBank(reference, true);
      expect(await listed()).toBe(true);
    });
  });

  test('declines an amount that it does not charge', async () => {
    const asked = { ...wish(), amount: { amount: 1, currency: 'USD' } };
    expect(await provider.authorise(asked)).toMatchObject({ status: 'declined', declineReason: 'amount-refused' });
  });
});
