import type { Metrics } from '../../kit/metrics.ts';
import type { CartFigures } from './cart-effects.ts';

/** Upper bounds of a cart's value in major units. */
const valueBuckets = [10, 50, 100, 500, 1_000, 5_000];

/** What the business asks of the carts, as metrics. */
export const cartFigures = (metrics: Metrics): CartFigures => {
  const created = metrics.counter({ name: 'carts_created_total', help: 'Carts that were begun.' });
  const abandoned = metrics.counter({ name: 'carts_abandoned_total', help: 'Filled carts that were left alone.' });
  const conversions = metrics.counter({ name: 'checkout_conversions_total', help: 'Orders that were placed.' });
  const value = metrics.histogram({
    name: 'cart_value_dollars',
    help: 'Value of filled carts in major units.',
    buckets: valueBuckets,
  });
  return {
    cartCreated: () => created.inc(),
    cartsAbandoned: (count) => abandoned.inc(count),
    checkedOut: () => conversions.inc(),
    cartValue: (amount) => value.observe(amount),
  };
};
