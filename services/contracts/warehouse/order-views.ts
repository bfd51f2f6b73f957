/** Ready-made questions to the warehouse, in the SQL that BigQuery and DuckDB share. */

export type WarehouseView = {
  /** As the command line names it; underscores instead of hyphens in the warehouse. */
  readonly name: string;
  readonly title: string;
  readonly sql: string;
  /** How it is drawn: bars of `value` by `label`, one series for each value of `series`. Absent: a table alone. */
  readonly picture?: {
    readonly label: string;
    readonly value: string;
    readonly series?: string;
    /** `amount`: in the smallest unit of the row's currency; `share`: 0 to 1. */
    readonly unit: 'amount' | 'share' | 'count';
  };
};

const paid = "type = 'order.paid.v1'";
const month = (column: string) => `(EXTRACT(YEAR FROM ${column}) * 12 + EXTRACT(MONTH FROM ${column}))`;
const steps = ['placed', 'stock-reserved', 'paid', 'shipped', 'delivered'];

/** Amounts stay whole numbers in the smallest unit of their currency, so that sums are exact. */
export const warehouseViews: readonly WarehouseView[] = [
  {
    name: 'revenue-by-day',
    title: 'Revenue by day',
    sql: `SELECT occurred_on AS day, currency,
  SUM(CASE WHEN ${paid} THEN 1 ELSE 0 END) AS orders,
  SUM(captured_amount) AS revenue_amount,
  SUM(refunded_amount) AS refunded_amount,
  SUM(captured_amount) - SUM(refunded_amount) AS net_amount
FROM (
  -- What a late charge of an unpaid order took in and gave back is neither.
  SELECT one.occurred_on AS occurred_on, one.currency AS currency, one.type AS type, one.captured_amount AS captured_amount,
    CASE WHEN sold.order_id IS NULL THEN 0 ELSE one.refunded_amount END AS refunded_amount
  FROM order_events AS one
  LEFT JOIN (SELECT DISTINCT order_id FROM order_events WHERE ${paid}) AS sold ON sold.order_id = one.order_id
) AS counted
GROUP BY occurred_on, currency
HAVING SUM(captured_amount) <> 0 OR SUM(refunded_amount) <> 0
ORDER BY day, currency`,
    picture: { label: 'day', value: 'revenue_amount', series: 'currency', unit: 'amount' },
  },
  {
    name: 'average-order-value',
    title: 'Average order value by day',
    sql: `SELECT occurred_on AS day, currency, COUNT(*) AS orders,
  CAST(ROUND(SUM(captured_amount) / COUNT(*)) AS BIGINT) AS average_amount
FROM order_events
WHERE ${paid}
GROUP BY occurred_on, currency
ORDER BY day, currency`,
    picture: { label: 'day', value: 'average_amount', series: 'currency', unit: 'amount' },
  },
  {
    name: 'refund-rate',
    title: 'Share of paid orders that got money back, by day of payment',
    sql: `SELECT paid.day AS day, COUNT(*) AS paid_orders,
  SUM(CASE WHEN given.order_id IS NULL THEN 0 ELSE 1 END) AS refunded_orders,
  SUM(CASE WHEN given.order_id IS NULL THEN 0 ELSE 1 END) / COUNT(*) AS share
FROM (SELECT order_id, MIN(occurred_on) AS day FROM order_events WHERE ${paid} GROUP BY order_id) AS paid
LEFT JOIN (SELECT DISTINCT order_id FROM order_events WHERE refunded_amount > 0) AS given
  ON given.order_id = paid.order_id
GROUP BY paid.day
ORDER BY day`,
    picture: { label: 'day', value: 'share', unit: 'share' },
  },
  {
    name: 'funnel',
    title: 'How far orders came',
    sql: `${steps
      .map(
        (step, at) =>
          `SELECT ${at + 1} AS step, '${step}' AS state, COUNT(DISTINCT order_id) AS orders FROM order_events WHERE type = 'order.${step}.v1'`,
      )
      .join('\nUNION ALL\n')}
ORDER BY step`,
    picture: { label: 'state', value: 'orders', unit: 'count' },
  },
  {
    name: 'cohort-retention',
    title: 'Customers who bought again, by the month of their first order',
    sql: `SELECT firsts.cohort AS cohort, bought.month - firsts.month AS months_later,
  COUNT(DISTINCT bought.customer) AS customers, COUNT(*) AS orders
FROM (SELECT customer, ${month('occurred_on')} AS month FROM order_events WHERE ${paid}) AS bought
JOIN (SELECT customer, MIN(${month('occurred_on')}) AS month, SUBSTR(CAST(MIN(occurred_on) AS STRING), 1, 7) AS cohort
      FROM order_events WHERE ${paid} GROUP BY customer) AS firsts
  ON firsts.customer = bought.customer
GROUP BY firsts.cohort, bought.month - firsts.month
ORDER BY cohort, months_later`,
    picture: { label: 'cohort', value: 'customers', series: 'months_later', unit: 'count' },
  },
  {
    name: 'gaps',
    title: 'Orders of which events are missing',
    sql: `SELECT order_id, MAX(sequence) - COUNT(*) AS missing
FROM order_events
GROUP BY order_id
HAVING MAX(sequence) <> COUNT(*)
ORDER BY order_id`,
  },
  {
    name: 'waiting',
    title: 'Records that are no rows yet',
    sql: `SELECT aside.name AS name, aside.event_id AS event_id, aside.reason AS reason, aside.detail AS detail
FROM set_aside AS aside
LEFT JOIN order_events AS loaded ON loaded.event_id = aside.event_id
WHERE loaded.event_id IS NULL
ORDER BY name`,
  },
  {
    name: 'freshness',
    title: 'What is there',
    sql: `SELECT COUNT(*) AS loaded_rows, MAX(occurred_at) AS last_event_at, MAX(loaded_at) AS last_loaded_at
FROM order_events`,
  },
];
