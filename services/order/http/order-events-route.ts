import * as z from 'zod';
import { settledStatuses } from '../../contracts/http/order-api.ts';
import { orderIdSchema } from '../../contracts/http/values.ts';
import { createEventStreams, eventStreamHeaders, eventStreamTimeoutMs } from '../../kit/http/event-streams.ts';
import type { HttpServer } from '../../kit/http/http-server.ts';
import type { Order } from '../domain/order.ts';
import { viewOf } from '../domain/order-view.ts';
import { type WatchEffects, watchOrder } from '../use-cases/watch-order.ts';

const params = z.strictObject({ id: orderIdSchema });

const toEvents = async function* (versions: AsyncGenerator<Order>) {
  for await (const order of versions)
    yield {
      id: order.version,
      event: 'order',
      data: { order: viewOf(order) },
      isLast: settledStatuses.includes(order.status),
    };
};

export type OrderEventsRoute = {
  readonly effects: WatchEffects;
  /** Aborted when the process begins to shut down. */
  readonly stopping: AbortSignal;
};

/** Server-sent events: the order now and after each change, until the purchase is decided. */
export const addOrderEventsRoute = (http: HttpServer, { effects, stopping }: OrderEventsRoute): void => {
  const stream = createEventStreams({ stopping });
  http.get(
    '/orders/:id/events',
    {
      config: { access: 'customer-or-guest' },
      handlerTimeout: eventStreamTimeoutMs,
      schema: {
        tags: ['orders'],
        summary: 'Server-sent events of an order; each event has the order as data and its sequence as id',
        description: 'Ends when the purchase is decided. 204: nothing is left to tell after Last-Event-ID.',
        produces: ['text/event-stream'],
        params,
        headers: eventStreamHeaders,
        response: { 200: z.any(), 204: z.null() },
      },
    },
    (request, reply) =>
      stream(request, reply, (signal) => toEvents(watchOrder(effects, request.caller, request.params.id, signal))),
  );
};
