import { orderEventsDoor } from '../../contracts/http/order-api.ts';
import { createEventStreams, eventStreamSchema, eventStreamTimeoutMs } from '../../kit/http/event-streams.ts';
import type { HttpServer } from '../../kit/http/http-server.ts';
import type { Orders } from '../clients/orders.ts';
import { forwardingOf } from './forwarding.ts';
import { isSettled, type OrderSighting, watchUntilSettled } from './watch-until-settled.ts';

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
      schema: { ...orderEventsDoor, ...eventStreamSchema },
    },
    (request, reply) => {
      const forwarding = forwardingOf(request);
      return stream(request, reply, (signal) =>
        toEvents(watchUntilSettled(() => orders.watch(request.params.id, forwarding, signal), signal)),
      );
    },
  );
};
