/**
 * Our requests against stripe-mock, which checks each by Stripe's own description of its API. It keeps nothing and answers with examples,
 * so what a payment becomes is shown by stripe-provider.test.ts.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type Stripe from 'stripe';
import { systemIds } from '../../kit/system-ids.ts';
import { eventually } from '../../kit/testing/condition.ts';
import { freePort } from '../../kit/testing/loopback.ts';
import { createStripeClient } from './stripe-client.ts';
import { createStripeProvider } from './stripe-provider.ts';

let mock: ChildProcess;
let stripe: Stripe;
let answers: { method: string; path: string; status: number }[];

beforeAll(async () => {
  const file = process.env['REAL_STRIPE_MOCK'];
  if (!file) throw new Error('run it by "npm run test:real -- stripe"');
  const port = await freePort();
  mock = spawn(file, ['-http-addr', `127.0.0.1:${port}`], { stdio: 'ignore' });
  stripe = await createStripeClient({
    secretKey: 'sk_test_mock',
    apiUrl: `http://127.0.0.1:${port}`,
    timeoutMs: 10_000,
  });
  await eventually(async () => (await stripe.paymentIntents.list({ limit: 1 })).data.length > 0);
  answers = [];
  stripe.on('response', ({ method, path, status }: Stripe.ResponseEvent) => answers.push({ method, path, status }));
});
afterAll(async () => {
  const ended = once(mock, 'exit');
  mock.kill();
  await ended;
});

test('every request that the provider makes of Stripe is one that its API describes', async () => {
  const provider = createStripeProvider({ stripe, now: Date.now });
  const amount = { amount: 3000, currency: 'USD' };
  const wish = { key: systemIds.next('pay'), amount, begunAt: new Date() };
  const { reference } = await provider.authorise({ ...wish, token: 'tok_visa' });
  await provider.authorise({ ...wish, token: 'pm_card_visa' });
  await provider.authorise({ ...wish, token: 'ctoken_1OfTheBrowser' });
  await provider.authorise({ ...wish, token: 'tok_visa', begunAt: new Date(0) }).catch(() => undefined);
  await provider.capture({ reference });
  await provider.void({ reference });
  await provider.refund({ reference, refundId: systemIds.next('rfd'), amount });
  await provider.find({ reference });
  for await (const _ of provider.charges({ since: new Date(0), until: new Date() })) break;
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  expect(
    new Set(answers.map(({ method, path }) => `${method} ${path.replace(/\?.*/, '').replace(/pi_\w+/, '*')}`)),
  ).toEqual(
    new Set([
      'POST /v1/payment_methods',
      'POST /v1/payment_intents',
      'GET /v1/payment_intents/search',
      'POST /v1/payment_intents/*/capture',
      'POST /v1/payment_intents/*/cancel',
      'GET /v1/payment_intents/*',
      'POST /v1/refunds',
      'GET /v1/payment_intents',
    ]),
  );
});
