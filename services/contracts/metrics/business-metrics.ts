/** What the business asks: accounts, carts, orders, payments, answers. */
import type { CataloguedMetric } from './catalogued-metric.ts';

const named = 'names in the code';

export const businessMetrics: readonly CataloguedMetric[] = [
  {
    name: 'logins_total',
    kind: 'counter',
    help: 'Attempts to sign in, by outcome.',
    labels: { outcome: named },
    emittedBy: ['user'],
  },
  {
    name: 'refresh_tokens_reused_total',
    kind: 'counter',
    help: 'Refresh tokens that came back after their successor was used: stolen, or a client with a fault.',
    emittedBy: ['user'],
  },
  {
    name: 'carts_created_total',
    kind: 'counter',
    help: 'Carts that got their first product.',
    emittedBy: ['cart'],
  },
  {
    name: 'carts_abandoned_total',
    kind: 'counter',
    help: 'Filled carts that nobody came back to in time.',
    emittedBy: ['cart'],
  },
  {
    name: 'checkout_conversions_total',
    kind: 'counter',
    help: 'Carts that became orders.',
    emittedBy: ['cart'],
  },
  {
    name: 'cart_value_dollars',
    kind: 'histogram',
    help: 'Value of filled carts in US dollars, a moment after each change; sum by count is the average.',
    emittedBy: ['cart'],
  },
  {
    name: 'cart_product_lookups_total',
    kind: 'counter',
    help: 'Products that carts asked for, by where the answer came from.',
    labels: { source: named },
    emittedBy: ['cart'],
  },
  {
    name: 'orders_total',
    kind: 'counter',
    help: 'Orders that came into a status, by how they are paid.',
    labels: { status: named, payment_method: ['card'] },
    emittedBy: ['order'],
  },
  {
    name: 'order_value_dollars',
    kind: 'histogram',
    help: 'Value of placed orders in US dollars; sum by count is the average.',
    emittedBy: ['order'],
  },
  {
    name: 'order_drifts_total',
    kind: 'counter',
    help: 'Differences between orders, payments, charges and stock, by what became of them.',
    labels: { kind: named, outcome: named },
    emittedBy: ['order'],
  },
  {
    name: 'payments_processed_total',
    kind: 'counter',
    help: 'What was recorded of payments.',
    labels: { outcome: ['authorised', 'declined', 'captured', 'voided', 'refunded'] },
    emittedBy: ['payment'],
  },
  {
    name: 'payment_amount_dollars',
    kind: 'histogram',
    help: 'Amounts taken and given back in US dollars; the sums are the money that moved.',
    labels: { outcome: ['captured', 'refunded'] },
    emittedBy: ['payment'],
  },
  {
    name: 'payment_drifts_total',
    kind: 'counter',
    help: "Differences between our payments and the provider's charges, by what became of them.",
    labels: { kind: named, outcome: ['repaired', 'left'] },
    emittedBy: ['payment'],
  },
  {
    name: 'assistant_messages_total',
    kind: 'counter',
    help: 'Messages by who answered and what came of it; abandoned: the reader left.',
    labels: { provider: named, outcome: ['answered', 'refused', 'abandoned'] },
    emittedBy: ['assistant'],
  },
  {
    name: 'assistant_answer_seconds',
    kind: 'histogram',
    help: 'Seconds from a message to the end of its answer.',
    labels: { provider: named },
    emittedBy: ['assistant'],
  },
  {
    name: 'assistant_tokens_total',
    kind: 'counter',
    help: 'Tokens that a provider counted.',
    labels: { provider: named, direction: ['input', 'output'] },
    emittedBy: ['assistant'],
  },
  {
    name: 'assistant_cost_dollars_total',
    kind: 'counter',
    help: 'What those tokens cost, by the prices of the configuration.',
    labels: { provider: named },
    emittedBy: ['assistant'],
  },
  {
    name: 'assistant_tool_calls_total',
    kind: 'counter',
    help: 'Tools that a model asked for; refused: unknown, or with arguments that it may not give.',
    labels: { tool: named, outcome: ['answered', 'refused'] },
    emittedBy: ['assistant'],
  },
];
