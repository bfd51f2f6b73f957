/** Orders of customers and guests, and what staff do with them. */
import { z } from 'zod';
import { continuePaymentAnswer } from './continue-payment-api.ts';
import { type Doors, locationHeader } from './door.ts';
import {
  cancelOrderBody,
  idempotencyKeySchema,
  listOrdersQuery,
  orderAnswer,
  orderPage,
  placeOrderBody,
  refundOrderBody,
  returnItemsBody,
  settledStatuses,
  shipOrderBody,
  timelineAnswer,
} from './order-api.ts';
import { orderIdSchema } from './values.ts';

const own = { access: 'customer-or-guest', tags: ['orders'] } as const;
const staff = { access: 'staff', tags: ['orders'] } as const;
const params = z.strictObject({ id: orderIdSchema });
const answers = { 200: orderAnswer };
/** Of every door about one order; `order.busy`: others change it at this moment. */
const ofOne = ['order.unknown', 'order.busy'] as const;

export const orderDoors = {
  place: {
    ...own,
    method: 'POST',
    path: '/orders',
    summary: 'Place an order',
    description:
      'Buys the cart, or the items that are named. With `cartVersion` and `expectedTotal` it buys what the buyer saw at that price, or refuses with 409, what was `expected` and what is `actual`. The same Idempotency-Key returns the same order, also after signing in or out; another order needs another key.',
    // An order is shown to the session that placed it. Whoever had none and lost the answer could not see what he bought.
    newGuest: 'asks-again',
    headers: z.looseObject({ 'idempotency-key': idempotencyKeySchema }),
    body: placeOrderBody,
    answers: { 201: orderAnswer },
    answerHeaders: z.object({
      location: locationHeader,
      'idempotent-replayed': z
        .literal('true')
        .optional()
        .describe('The order was placed by an earlier request with the same Idempotency-Key.'),
    }),
    errors: [
      'order.email-missing',
      'order.in-flight',
      'order.key-reused',
      'order.placed-as-another',
      'order.cart-empty',
      'order.cart-ordered',
      'order.cart-changed',
      'order.total-changed',
      'order.product-unknown',
      'order.out-of-stock',
      'order.mixed-currencies',
      'order.too-large',
    ],
    rpc: { method: 'placeOrder' },
  },
  list: {
    ...own,
    method: 'GET',
    path: '/orders',
    summary: 'Own orders, newest first',
    description:
      'Whoever orders as a guest and then signs in, or makes an account, in the same browser has these orders in the account from then on.',
    query: listOrdersQuery,
    answers: { 200: orderPage },
    errors: ['order.busy'],
    rpc: { method: 'listOrders' },
  },
  find: {
    ...own,
    method: 'GET',
    path: '/orders/:id',
    summary: 'One order',
    params,
    answers,
    errors: ofOne,
    rpc: { method: 'getOrder' },
  },
  timeline: {
    ...own,
    method: 'GET',
    path: '/orders/:id/timeline',
    summary: 'What happened to an order',
    params,
    answers: { 200: timelineAnswer },
    errors: ofOne,
    rpc: { method: 'getTimeline' },
  },
  watch: {
    ...own,
    method: 'GET',
    path: '/orders/:id/events',
    summary: 'Watch an order',
    description:
      'Server-sent events: each has the order as data and its sequence as id. Ends when the purchase is decided. 204: nothing is left to tell after Last-Event-ID.',
    params,
    answers: {},
    events: {
      name: 'order',
      data: orderAnswer,
      isLast: ({ order }: z.output<typeof orderAnswer>) => settledStatuses.includes(order.status),
    },
    errors: ofOne,
    rpc: { method: 'watchOrder' },
  },
  continuePayment: {
    ...own,
    method: 'POST',
    path: '/orders/:id/payment',
    summary: 'Go on with the payment of an order',
    description:
      "For an order that is `stock-reserved`: takes the money where it can be had by now, and says what the buyer's browser must do where the bank asks who pays. Call it again once that is done. Changes nothing of an order that is decided, and never charges twice.",
    params,
    answers: { 200: continuePaymentAnswer },
    errors: [...ofOne, 'payment.outcome-unknown'],
    rpc: { method: 'continuePayment' },
  },
  cancel: {
    ...own,
    method: 'POST',
    path: '/orders/:id/cancel',
    summary: 'Cancel an order',
    description: 'Until it is being packed; staff until it is with the carrier. Goods and money are given back.',
    params,
    body: cancelOrderBody,
    answers,
    errors: [...ofOne, 'order.not-cancellable', 'order.refund-begun'],
    rpc: { method: 'cancelOrder' },
  },
  ship: {
    ...staff,
    method: 'POST',
    path: '/orders/:id/ship',
    summary: 'Hand an order to the carrier',
    params,
    body: shipOrderBody,
    answers,
    errors: [...ofOne, 'order.not-shippable', 'order.refund-begun'],
    rpc: { method: 'shipOrder' },
  },
  deliver: {
    ...staff,
    method: 'POST',
    path: '/orders/:id/deliver',
    summary: 'Mark an order as delivered',
    params,
    answers,
    errors: [...ofOne, 'order.not-deliverable'],
    rpc: { method: 'deliverOrder' },
  },
  refund: {
    ...staff,
    method: 'POST',
    path: '/orders/:id/refund',
    summary: 'Refund an order in part or in full',
    description:
      'The same Idempotency-Key never refunds twice, and is refused with another body. A full refund before the goods have left puts them back on the shelf; what customers send back comes by `POST /orders/:id/returns`.',
    params,
    headers: z.looseObject({ 'idempotency-key': idempotencyKeySchema.optional() }),
    body: refundOrderBody,
    answers,
    errors: [
      ...ofOne,
      'order.not-refundable',
      'order.already-refunded',
      'order.refund-too-large',
      'order.refund-currency',
      'order.key-reused',
    ],
    rpc: { method: 'refundOrder' },
  },
  returnItems: {
    ...staff,
    method: 'POST',
    path: '/orders/:id/returns',
    summary: 'Take back units of an order and refund them',
    description:
      'Each line at the price that was paid for it, never more units than were bought and never more money than is left of the payment; `restock` says of each line whether its units can be sold again. The same Idempotency-Key never takes anything back twice, and is refused with another body. Works before the goods have left for some of them, and after a refund in full for the goods alone, with an amount of 0.',
    params,
    headers: z.looseObject({ 'idempotency-key': idempotencyKeySchema.optional() }),
    body: returnItemsBody,
    answers,
    errors: [
      ...ofOne,
      'order.not-returnable',
      'order.line-unknown',
      'order.return-too-large',
      'order.refund-begun',
      'order.refund-too-large',
      'order.refund-currency',
      'order.key-reused',
    ],
    rpc: { method: 'returnItems' },
  },
} as const satisfies Doors;
