import * as z from 'zod';
import { orderIdSchema } from '../../contracts/http/values.ts';
import { createEventStreams, eventStreamHeaders, eventStreamTimeoutMs } from '../../kit/http/event-streams.ts';
import type { HttpServer } from '../../kit/http/http-server.ts';
import type { Orders } from '../clients/orders.ts';
import { forwardingOf } from './forwarding.ts';
import { isSettled, type OrderSighting, watchUntilSettled } from './watch-until-settled.ts';

const params = z.strictObject({ id: orderIdSchema });

const toEvents = async function* (sightings: AsyncGenerator<OrderSighting>) {
  for await (const sighting of sightings) {
    const { order, sequence } = sighting;
    yield { id: sequence, event: 'order', data: { order }, isLast: isSettled(sighting) };
  }
};

export type OrderEventsRoute = {
  readonly orders: Orders;
  /** Aborted when the process begins to shut down. */
  readonly stopping: AbortSignal;
};

/** Server-sent events: the order now and after each change, until the purchase is decided. */
export const addOrderEventsRoute = (http: HttpServer, { orders, stopping }: OrderEventsRoute): void => {
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
    (request, reply) => {
      const forwarding = forwardingOf(request);
      return stream(request, reply, (signal) =>
        toEvents(watchUntilSettled(() => orders.watch(request.params.id, forwarding, signal), signal)),
      );
    },
  );
};
