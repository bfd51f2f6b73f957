import type { Metrics } from '../../kit/telemetry/metrics.ts';
import { toDecimal } from '../../kit/values/money.ts';
import type { Payment, PaymentEvent } from '../domain/payment.ts';

/** `payment.captured.v1` is the outcome `captured`. */
const outcomeOf = ({ type }: PaymentEvent): string => type.split('.')[1] ?? type;

/** What the business asks of the payments, as metrics: told of events once they are committed. */
export const paymentFigures = (metrics: Metrics) => {
  const processed = metrics.counter({
    name: 'payments_processed_total',
    help: 'What was recorded of payments.',
    labels: ['outcome'],
  });
  const amounts = metrics.histogram({
    name: 'payment_amount_dollars',
    help: 'Amounts taken and given back in US dollars; the sums are the money that moved.',
    labels: ['outcome'],
    buckets: [10, 50, 100, 500, 1000, 5000],
  });
  return ({ currency }: Payment, events: readonly PaymentEvent[]): void => {
    for (const event of events) {
      processed.inc({ outcome: outcomeOf(event) });
      if ('amount' in event && currency === 'USD')
        amounts.observe({ outcome: outcomeOf(event) }, Number(toDecimal({ amount: event.amount, currency })));
    }
  };
};
