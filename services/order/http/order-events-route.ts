import { orderEventsDoor, settledStatuses } from '../../contracts/http/order-api.ts';
import { createEventStreams, eventStreamSchema, eventStreamTimeoutMs } from '../../kit/http/event-streams.ts';
import type { HttpServer } from '../../kit/http/http-server.ts';
import type { Order } from '../domain/order.ts';
import { viewOf } from '../domain/order-view.ts';
import { type WatchEffects, watchOrder } from '../use-cases/watch-order.ts';

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
      schema: { ...orderEventsDoor, ...eventStreamSchema },
    },
    (request, reply) =>
      stream(request, reply, (signal) => toEvents(watchOrder(effects, request.caller, request.params.id, signal))),
  );
};
