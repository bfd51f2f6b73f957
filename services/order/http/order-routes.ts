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
import type { Order } from '../domain/order.ts';
import { viewOf } from '../domain/order-view.ts';
import { cancelOrder, deliverOrder, refundOrder, shipOrder } from '../use-cases/change-order.ts';
import { findOrder } from '../use-cases/find-order.ts';
import { listOrders } from '../use-cases/list-orders.ts';
import { orderTimeline } from '../use-cases/order-timeline.ts';
import type { OrderUseCases } from '../use-cases/order-use-cases.ts';
import { placeOrder } from '../use-cases/place-order.ts';

const params = z.strictObject({ id: orderIdSchema });
const keyHeader = z.object({ 'idempotency-key': idempotencyKeySchema });
const optionalKeyHeader = z.object({ 'idempotency-key': idempotencyKeySchema.optional() });
const claiming =
  'A customer who still carries the session of a guest takes the orders of that session into the account by looking at them.';
const answer = (order: Order) => ({ order: viewOf(order) });

/** REST door of the orders; the gateway serves the same under its prefix. */
export const addOrderRoutes = (http: HttpServer, { effects, refundIdOf }: OrderUseCases): void => {
  const anyone = { config: { access: 'customer-or-guest' as const } };
  const staff = { config: { access: 'staff' as const } };

  http.post(
    '/orders',
    {
      ...anyone,
      schema: {
        tags: ['orders'],
        summary: 'Place an order',
        headers: keyHeader,
        body: placeOrderBody,
        response: { 201: orderAnswer },
      },
    },
    async (request, reply) => {
      const { order, replayed } = await placeOrder(effects, {
        caller: request.caller,
        authorization: request.headers.authorization,
        idempotencyKey: request.headers['idempotency-key'],
        body: request.body,
      });
      if (replayed) reply.header('idempotent-replayed', 'true');
      return reply.code(201).header('location', `/orders/${order.id}`).send(answer(order));
    },
  );

  http.get(
    '/orders',
    {
      ...anyone,
      schema: {
        tags: ['orders'],
        summary: 'Own orders, newest first',
        description: claiming,
        querystring: listOrdersQuery,
        response: { 200: orderPage },
      },
    },
    async (request) => {
      const { items, nextCursor } = await listOrders(effects, request.caller, request.query);
      return { items: items.map(viewOf), nextCursor };
    },
  );

  http.get(
    '/orders/:id',
    { ...anyone, schema: { tags: ['orders'], summary: 'One order', params, response: { 200: orderAnswer } } },
    async (request) => answer(await findOrder(effects, request.caller, request.params.id)),
  );

  http.get(
    '/orders/:id/timeline',
    {
      ...anyone,
      schema: { tags: ['orders'], summary: 'What happened to an order', params, response: { 200: timelineAnswer } },
    },
    async (request) => ({ items: await orderTimeline(effects, request.caller, request.params.id), nextCursor: null }),
  );

  http.post(
    '/orders/:id/cancel',
    {
      ...anyone,
      schema: {
        tags: ['orders'],
        summary: 'Cancel an order',
        params,
        body: cancelOrderBody,
        response: { 200: orderAnswer },
      },
    },
    async (request) => answer(await cancelOrder(effects, request.caller, request.params.id, request.body?.reason)),
  );

  http.post(
    '/orders/:id/ship',
    {
      ...staff,
      schema: {
        tags: ['orders'],
        summary: 'Hand an order to the carrier',
        params,
        body: shipOrderBody,
        response: { 200: orderAnswer },
      },
    },
    async (request) => answer(await shipOrder(effects, request.caller, request.params.id, request.body)),
  );

  http.post(
    '/orders/:id/deliver',
    {
      ...staff,
      schema: { tags: ['orders'], summary: 'Mark an order as delivered', params, response: { 200: orderAnswer } },
    },
    async (request) => answer(await deliverOrder(effects, request.caller, request.params.id)),
  );

  http.post(
    '/orders/:id/refund',
    {
      ...staff,
      schema: {
        tags: ['orders'],
        summary: 'Refund an order in part or in full',
        params,
        headers: optionalKeyHeader,
        body: refundOrderBody,
        response: { 200: orderAnswer },
      },
    },
    async (request) => {
      const refundId = refundIdOf(request.params.id, request.headers['idempotency-key']);
      return answer(await refundOrder(effects, request.caller, request.params.id, { refundId, ...request.body }));
    },
  );
};
