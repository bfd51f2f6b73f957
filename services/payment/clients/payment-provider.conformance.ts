/** What every payment provider must do behind the port, the sandbox and Stripe alike. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { systemIds } from '../../kit/system-ids.ts';
import type { ListedCharge, PaymentProvider } from './payment-provider.ts';

export type ProviderUnderTest = {
  readonly provider: PaymentProvider;
  /** Tokens by what becomes of them; the last with its reason. */
  readonly tokens: {
    readonly accepted: string;
    readonly declined: readonly (readonly [token: string, reason: string])[];
  };
  stop(): Promise<void>;
};

export const paymentProviderConformance = (name: string, open: () => Promise<ProviderUnderTest>): void => {
  let under: ProviderUnderTest;
  let provider: PaymentProvider;
  const begunAt = new Date();
  beforeAll(async () => {
    under = await open();
    provider = under.provider;
  });
  afterAll(() => under?.stop());

  const newKey = () => systemIds.next('pay');
  const usd = (amount: number) => ({ amount, currency: 'USD' });
  const authorise = (key = newKey(), token = under.tokens.accepted, amount = 3000) =>
    provider.authorise({ key, amount: usd(amount), token, begunAt });
  const captured = async (amount = 3000) => {
    const { reference } = await authorise(newKey(), under.tokens.accepted, amount);
    await provider.capture({ reference });
    return reference;
  };
  const refund = (reference: string, amount: number, refundId = systemIds.next('rfd')) =>
    provider.refund({ reference, refundId, amount: usd(amount) });

  describe(`the payment provider ${name}`, () => {
    test('authorises without taking anything, and takes all on capture', async () => {
      const { reference, ...authorised } = await authorise();
      expect(authorised).toEqual({ status: 'authorised', captured: 0, refunds: [], declineReason: null });
      expect(await provider.capture({ reference })).toMatchObject({ reference, status: 'captured', captured: 3000 });
      expect(await provider.find({ reference })).toMatchObject({ reference, status: 'captured', captured: 3000 });
    });

    test('makes one charge of a key, however often and at once it is asked', async () => {
      const key = newKey();
      const charges = await Promise.all(Array.from({ length: 5 }, () => authorise(key)));
      expect(new Set(charges.map(({ reference }) => reference)).size).toBe(1);
      const reference = charges[0]?.reference ?? '';
      const takes = await Promise.all(Array.from({ length: 5 }, () => provider.capture({ reference })));
      for (const charge of takes) expect(charge).toMatchObject({ status: 'captured', captured: 3000 });
    });

    test('says why it declines, again the same, and never takes anything of it', async () => {
      for (const [token, declineReason] of under.tokens.declined) {
        const key = newKey();
        for (let again = 0; again < 2; again++)
          expect(await authorise(key, token)).toMatchObject({ status: 'declined', captured: 0, declineReason });
      }
    });

    test('voids what was not taken, once and again', async () => {
      const { reference } = await authorise();
      for (let again = 0; again < 2; again++)
        expect(await provider.void({ reference })).toMatchObject({ status: 'voided', captured: 0 });
    });

    test('answers a wish that comes too late with the charge as it is', async () => {
      const voided = await authorise();
      await provider.void(voided);
      expect(await provider.capture(voided)).toMatchObject({ status: 'voided', captured: 0 });
      const reference = await captured();
      expect(await provider.void({ reference })).toMatchObject({ status: 'captured', captured: 3000 });
    });

    test('gives back in parts, each refund id once', async () => {
      const reference = await captured();
      const refundId = systemIds.next('rfd');
      for (let again = 0; again < 2; again++)
        expect((await refund(reference, 1000, refundId)).refunds).toEqual([{ refundId, amount: 1000 }]);
      const after = await refund(reference, 2000);
      expect(after.refunds.map(({ amount }) => amount)).toEqual([1000, 2000]);
    });

    test('never gives back more than it took', async () => {
      const reference = await captured();
      await refund(reference, 2500);
      expect((await refund(reference, 501)).refunds.map(({ amount }) => amount)).toEqual([2500]);
      const { reference: untaken } = await authorise();
      expect(await refund(untaken, 1)).toMatchObject({ status: 'authorised', refunds: [] });
    });

    test('lists the charges of a span of time with their keys and money', async () => {
      const key = newKey();
      const { reference } = await authorise(key, under.tokens.accepted, 1234);
      const found: ListedCharge[] = [];
      const hour = 3_600_000;
      const span = { since: new Date(Date.now() - 48 * hour), until: new Date(Date.now() + hour) };
      for await (const charge of provider.charges(span)) if (charge.key === key) found.push(charge);
      expect(found).toEqual([expect.objectContaining({ key, reference, amount: 1234, currency: 'USD' })]);
    });
  });
};
