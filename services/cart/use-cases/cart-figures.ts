import type { Metrics } from '../../kit/telemetry/metrics.ts';
import { toDecimal } from '../../kit/values/money.ts';
import type { CartFigures } from './cart-effects.ts';

/** What the business asks of the carts, as metrics. */
export const cartFigures = (metrics: Metrics): CartFigures => {
  const created = metrics.counter({ name: 'carts_created_total', help: 'Carts that got their first product.' });
  const abandoned = metrics.counter({
    name: 'carts_abandoned_total',
    help: 'Filled carts that nobody came back to in time.',
  });
  const conversions = metrics.counter({ name: 'checkout_conversions_total', help: 'Carts that became orders.' });
  const value = metrics.histogram({
    name: 'cart_value_dollars',
    help: 'Value of filled carts in US dollars, a moment after each change; sum by count is the average.',
    buckets: [10, 50, 100, 500, 1000, 5000],
  });
  return {
    cartCreated: () => created.inc(),
    cartsAbandoned: (count) => abandoned.inc(count),
    checkedOut: () => conversions.inc(),
    cartValued: (total) => {
      if (total.currency === 'USD') value.observe(Number(toDecimal(total)));
    },
  };
};
