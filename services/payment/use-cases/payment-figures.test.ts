import { expect, test } from '@jest/globals';
import { createMetrics } from '../../kit/telemetry/metrics.ts';
import type { Payment, PaymentEvent } from '../domain/payment.ts';
import { paymentFigures } from './payment-figures.ts';

const at = '2026-11-01T00:00:00.000Z';
const payment = (currency: string) => ({ currency }) as Payment;
const captured: PaymentEvent = { type: 'payment.captured.v1', at, amount: 5_100 };

test('payments are counted by what became of them, and the money that moved in dollars', async () => {
  const metrics = createMetrics('payment');
  const count = paymentFigures(metrics);
  count(payment('USD'), [{ type: 'payment.authorised.v1', at, reference: 'ch_1' }, captured]);
  count(payment('EUR'), [captured]);
  const { text } = await metrics.page();
  expect(text).toContain('payments_processed_total{outcome="authorised",service="payment"} 1');
  expect(text).toContain('payments_processed_total{outcome="captured",service="payment"} 2');
  expect(text).toMatch(/payment_amount_dollars_sum\{(?=[^}]*outcome="captured")[^}]*\} 51$/m);
});
