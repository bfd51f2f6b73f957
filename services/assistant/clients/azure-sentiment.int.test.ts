import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Breaker } from '../../kit/calls/breaker.ts';
import { type AzurePeer, azureKey, startAzure } from '../testing/azure-peer.ts';
import { createAzureSentiment } from './azure-sentiment.ts';

/** Lets everything through: what a breaker does is tested where it is. */
const breaker: Breaker = { state: 'closed', run: (action) => action(), close: () => undefined };

let azure: AzurePeer;
beforeAll(async () => {
  azure = await startAzure();
});
afterAll(() => azure.stop());

const reader = (key = azureKey) => createAzureSentiment({ endpoint: azure.endpoint, key, timeoutMs: 1_000, breaker });

test('texts are read each by itself and in the order given', async () => {
  const felt = await reader().read(['Thank you!', 'It arrived broken.', 'It is a parcel.']);
  expect(felt.map(({ sentiment }) => sentiment)).toEqual(['positive', 'negative', 'neutral']);
  expect(felt[0]?.scores).toEqual({ positive: 0.9, neutral: 0.1, negative: 0 });
});

test('a key that Azure refuses is named', async () => {
  const refused = { kind: 'unavailable', code: 'assistant.provider-refuses-key' };
  await expect(reader('f'.repeat(32)).read(['Hello'])).rejects.toMatchObject(refused);
});

test.each(['failing', 'silent'] as const)(
  'Azure that is %s is unavailable, with a time to come again',
  async (state) => {
    azure.become(state);
    const refused = { kind: 'unavailable', code: 'assistant.provider-unavailable', retryAfterSeconds: 15 };
    await expect(reader().read(['Hello'])).rejects.toMatchObject(refused);
    azure.become('well');
  },
);
