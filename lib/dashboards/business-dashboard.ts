/** What the shop sells and earns: orders, their value, how many carts become orders, the money that moved. */
import type { Dashboard, Panel } from './dashboard.ts';
import { increaseOf, quantileOf, rateOf } from './promql.ts';

const user = 'service="user"';
const cart = 'service="cart"';
const order = 'service="order"';
const payment = 'service="payment"';
const assistant = 'service="assistant"';
const HOUR = '1h';
const DAY = '24h';

const number = (title: string, description: string, unit: Panel['unit'], expression: string): Panel => ({
  title,
  description,
  unit,
  isNumber: true,
  queries: [{ expression, legend: title }],
});

const averageValue = (window: string) =>
  `${increaseOf('order_value_dollars_sum', order, window)} / ${increaseOf('order_value_dollars_count', order, window)}`;
const conversion = (window: string) =>
  `${increaseOf('checkout_conversions_total', cart, window)} / ${increaseOf('carts_created_total', cart, window)}`;
const money = (outcome: string) => `${payment}, outcome="${outcome}"`;
/** Nothing given back is 0 and not a gap. */
const givenBack = `${increaseOf('payment_amount_dollars_sum', money('refunded'), DAY)} or vector(0)`;

export const businessDashboard: Dashboard = {
  name: 'business',
  title: 'The business',
  description: 'What is sold and earned, and what keeps customers from buying.',
  rows: [
    {
      title: 'The last 24 hours',
      panels: [
        number(
          'Orders placed',
          'Orders that customers placed.',
          'short',
          increaseOf('order_value_dollars_count', order, DAY),
        ),
        number(
          'Value of orders',
          'What was ordered, whether paid or not.',
          'currencyUSD',
          increaseOf('order_value_dollars_sum', order, DAY),
        ),
        number('Average value', 'Value of an order.', 'currencyUSD', averageValue(DAY)),
        number('Conversion', 'Share of carts with a product that became orders.', 'percentunit', conversion(DAY)),
        number(
          'Money taken',
          'Captured from cards.',
          'currencyUSD',
          increaseOf('payment_amount_dollars_sum', money('captured'), DAY),
        ),
        number('Money given back', 'Refunded to cards.', 'currencyUSD', givenBack),
      ],
    },
    {
      title: 'Orders',
      panels: [
        {
          title: 'Orders by status',
          description: 'Orders that came into a status within an hour.',
          unit: 'short',
          queries: [{ expression: increaseOf('orders_total', order, HOUR, ['status']), legend: '{{status}}' }],
        },
        {
          title: 'Value of an order',
          description: 'Average within an hour, and what 95 of 100 orders stay below.',
          unit: 'currencyUSD',
          queries: [
            { expression: averageValue(HOUR), legend: 'average' },
            { expression: quantileOf(0.95, 'order_value_dollars', order), legend: '95 of 100' },
          ],
        },
        {
          title: 'Time to a decision',
          description: 'Seconds from placing an order until it is paid, refused or cancelled.',
          unit: 's',
          queries: [0.5, 0.99].map((share) => ({
            expression: quantileOf(share, 'order_decision_seconds', order),
            legend: `${share * 100} of 100`,
          })),
        },
        {
          title: 'Oldest step owed',
          description: 'Seconds for which the platform has owed some order its next step.',
          unit: 's',
          queries: [{ expression: `max(orders_oldest_owed_seconds{${order}})`, legend: 'oldest' }],
        },
      ],
    },
    {
      title: 'Carts',
      panels: [
        {
          title: 'Carts',
          description: 'Carts within an hour: filled, ordered, left.',
          unit: 'short',
          queries: [
            { expression: increaseOf('carts_created_total', cart, HOUR), legend: 'filled' },
            { expression: increaseOf('checkout_conversions_total', cart, HOUR), legend: 'ordered' },
            { expression: increaseOf('carts_abandoned_total', cart, HOUR), legend: 'left' },
          ],
        },
        {
          title: 'Conversion',
          description: 'Share of the carts of an hour that became orders; above 1 where carts of earlier hours do.',
          unit: 'percentunit',
          queries: [{ expression: conversion(HOUR), legend: 'conversion' }],
        },
        {
          title: 'Value of carts',
          description: 'Value of filled carts: half are below, 95 of 100 are below.',
          unit: 'currencyUSD',
          queries: [0.5, 0.95].map((share) => ({
            expression: quantileOf(share, 'cart_value_dollars', cart),
            legend: `${share * 100} of 100`,
          })),
        },
      ],
    },
    {
      title: 'Money',
      panels: [
        {
          title: 'Money that moved',
          description: 'US dollars within an hour: taken from cards and given back.',
          unit: 'currencyUSD',
          queries: [
            { expression: increaseOf('payment_amount_dollars_sum', payment, HOUR, ['outcome']), legend: '{{outcome}}' },
          ],
        },
        {
          title: 'Payments',
          description: 'What was recorded of payments within an hour.',
          unit: 'short',
          queries: [
            { expression: increaseOf('payments_processed_total', payment, HOUR, ['outcome']), legend: '{{outcome}}' },
          ],
        },
        {
          title: 'Differences between the books',
          description: 'Of orders, payments, charges and stock, within a day; any that stays is a page.',
          unit: 'short',
          queries: [
            { expression: increaseOf('order_drifts_total', order, DAY, ['outcome']), legend: 'orders {{outcome}}' },
            {
              expression: increaseOf('payment_drifts_total', payment, DAY, ['outcome']),
              legend: 'payments {{outcome}}',
            },
          ],
        },
        {
          title: 'Age of the comparison',
          description: 'Seconds since the books were last compared to the end.',
          unit: 's',
          queries: [{ expression: `min(reconciliation_age_seconds{${order}})`, legend: 'age' }],
        },
      ],
    },
    {
      title: 'Customers',
      panels: [
        {
          title: 'Signing in',
          description: 'Attempts a second, by outcome.',
          unit: 'ops',
          queries: [{ expression: rateOf('logins_total', user, ['outcome']), legend: '{{outcome}}' }],
        },
        {
          title: 'Messages to the assistant',
          description: 'Messages within an hour, by what came of them.',
          unit: 'short',
          queries: [
            { expression: increaseOf('assistant_messages_total', assistant, HOUR, ['outcome']), legend: '{{outcome}}' },
          ],
        },
        {
          title: 'Cost of the assistant',
          description: 'US dollars within an hour, by who answers.',
          unit: 'currencyUSD',
          queries: [
            {
              expression: increaseOf('assistant_cost_dollars_total', assistant, HOUR, ['provider']),
              legend: '{{provider}}',
            },
          ],
        },
      ],
    },
  ],
};
