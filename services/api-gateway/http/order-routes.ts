import * as z from 'zod';
import {
  cancelOrderBody,
  idempotencyKeySchema,
  listOrdersQuery,
  orderAnswer,
  orderPage,
  placeOrderBody,
  refundOrderBody,
  shipOrderBody,
  timelineAnswer,
} from '../../contracts/http/order-api.ts';
import { orderIdSchema } from '../../contracts/http/values.ts';
import type { HttpServer } from '../../kit/http/http-server.ts';
import type { Ids } from '../../kit/values/identifiers.ts';
import type { Orders } from '../clients/orders.ts';
import { forwardingOf } from './forwarding.ts';

const params = z.strictObject({ id: orderIdSchema });
const keyHeader = z.looseObject({ 'idempotency-key': idempotencyKeySchema });
const optionalKeyHeader = z.looseObject({ 'idempotency-key': idempotencyKeySchema.optional() });
const tags = ['orders'];
const own = { config: { access: 'customer-or-guest' as const } };
const staff = { config: { access: 'staff' as const } };
const answer = { 200: orderAnswer };

export type OrderRoutes = { readonly orders: Orders; readonly ids: Ids };

/** Orders of customers and guests, and what staff do with them. */
export const addOrderRoutes = (http: HttpServer, { orders, ids }: OrderRoutes): void => {
  http.post(
    '/orders',
    {
      ...own,
      schema: {
        tags,
        summary: 'Place an order',
        description:
          'Buys the cart, or the items that are named. The same Idempotency-Key returns the same order; another order needs another key.',
        headers: keyHeader,
        body: placeOrderBody,
        response: { 201: orderAnswer },
      },
    },
    async (request, reply) => {
      const order = await orders.place(request.body, request.headers['idempotency-key'], forwardingOf(request));
      return reply.code(201).header('location', `/api/v1/orders/${order.id}`).send({ order });
    },
  );

  http.get(
    '/orders',
    {
      ...own,
      schema: {
        tags,
        summary: 'Own orders, newest first',
        description:
          'Whoever signed in after ordering as a guest in the same browser takes these orders into the account by looking.',
        querystring: listOrdersQuery,
        response: { 200: orderPage },
      },
    },
    async (request) => orders.list(request.query, forwardingOf(request)),
  );

  http.get(
    '/orders/:id',
    { ...own, schema: { tags, summary: 'One order', params, response: answer } },
    async (request) => ({ order: await orders.find(request.params.id, forwardingOf(request)) }),
  );

  http.get(
    '/orders/:id/timeline',
    { ...own, schema: { tags, summary: 'What happened to an order', params, response: { 200: timelineAnswer } } },
    async (request) => orders.timeline(request.params.id, forwardingOf(request)),
  );

  http.post(
    '/orders/:id/cancel',
    { ...own, schema: { tags, summary: 'Cancel an order', params, body: cancelOrderBody, response: answer } },
    async (request) => ({
      order: await orders.cancel(request.params.id, request.body?.reason, forwardingOf(request)),
    }),
  );

  http.post(
    '/orders/:id/ship',
    {
      ...staff,
      schema: { tags, summary: 'Hand an order to the carrier', params, body: shipOrderBody, response: answer },
    },
    async (request) => ({ order: await orders.ship(request.params.id, request.body, forwardingOf(request)) }),
  );

  http.post(
    '/orders/:id/deliver',
    { ...staff, schema: { tags, summary: 'Mark an order as delivered', params, response: answer } },
    async (request) => ({ order: await orders.deliver(request.params.id, forwardingOf(request)) }),
  );

  http.post(
    '/orders/:id/refund',
    {
      ...staff,
      schema: {
        tags,
        summary: 'Refund an order in part or in full',
        description: 'The same Idempotency-Key never refunds twice.',
        params,
        headers: optionalKeyHeader,
        body: refundOrderBody,
        response: answer,
      },
    },
    async (request) => {
      // Without a key each request is a refund of its own.
      const idempotencyKey = request.headers['idempotency-key'] ?? ids.next('rfd');
      const refund = { ...request.body, idempotencyKey };
      return { order: await orders.refund(request.params.id, refund, forwardingOf(request)) };
    },
  );
};
