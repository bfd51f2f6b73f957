import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { orderIdSchema } from '../../contracts/http/values.ts';
import type { HttpServer } from '../../kit/http/http-server.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import type { Orders } from '../clients/orders.ts';
import { forwardingOf } from './forwarding.ts';
import { isSettled, type OrderSighting, watchUntilSettled } from './watch-until-settled.ts';

const params = z.strictObject({ id: orderIdSchema });
const headers = z.looseObject({
  'last-event-id': z
    .string()
    .regex(/^\d{1,9}$/, 'must be the id of an event')
    .optional(),
});

/** Milliseconds between two comments on a silent stream; an AWS load balancer closes one after 60 s of silence. */
const heartbeatMs = 15_000;
/** Longest life of one stream; the browser comes again with Last-Event-ID. */
const longestStreamMs = 900_000;
/** Streams of one process; each holds a connection here and a call to the order service. */
const maxStreams = 1_000;

const silence = ': still watching\n\n';

/** What the client has seen already becomes a comment. */
const textOf = ({ order, sequence }: OrderSighting, after: number) =>
  sequence > after ? `id: ${sequence}\nevent: order\ndata: ${JSON.stringify({ order })}\n\n` : silence;

/** The events as text, with a comment whenever nothing was said for a while. */
const toText = async function* (
  first: OrderSighting,
  rest: AsyncGenerator<OrderSighting>,
  { after, end }: { readonly after: number; readonly end: () => void },
): AsyncGenerator<string> {
  let next = rest.next();
  try {
    yield textOf(first, after);
    for (;;) {
      const heard = new AbortController();
      const pause = wait(heartbeatMs, undefined, { signal: heard.signal }).catch(() => undefined);
      const answer = await Promise.race([next, pause]);
      heard.abort();
      if (!answer) yield silence;
      else if (answer.done) return;
      else {
        yield textOf(answer.value, after);
        next = rest.next();
      }
    }
  } finally {
    end();
    next.catch(() => undefined);
    // A generator that is left at a yield would keep its call's timer.
    await rest.return(undefined).catch(() => undefined);
  }
};

export type OrderEventsRoute = {
  readonly orders: Orders;
  /** Aborted when the process begins to shut down. */
  readonly stopping: AbortSignal;
};

/** Server-sent events: the order now and after each change, until the purchase is decided. */
export const addOrderEventsRoute = (http: HttpServer, { orders, stopping }: OrderEventsRoute): void => {
  let streams = 0;
  http.get(
    '/orders/:id/events',
    {
      config: { access: 'customer-or-guest' },
      // Later than the stream ends by itself, so that it is never cut off.
      handlerTimeout: longestStreamMs + 60_000,
      schema: {
        tags: ['orders'],
        summary: 'Server-sent events of an order; each event has the order as data and its sequence as id',
        description: 'Ends when the purchase is decided. 204: nothing is left to tell after Last-Event-ID.',
        produces: ['text/event-stream'],
        params,
        headers,
        response: { 200: z.any(), 204: z.null() },
      },
    },
    async (request, reply) => {
      if (streams >= maxStreams)
        throw new Refusal(
          'unavailable',
          'order.too-many-watchers',
          'Too many orders are being watched; read the order instead.',
          {
            retryAfterSeconds: 5,
          },
        );
      streams += 1;
      const leaving = new AbortController();
      const signal = AbortSignal.any([request.signal, stopping, leaving.signal, AbortSignal.timeout(longestStreamMs)]);
      const end = () => {
        if (leaving.signal.aborted) return;
        streams -= 1;
        leaving.abort();
      };
      // Also ends a stream that nobody has begun to read.
      request.signal.addEventListener('abort', end, { once: true });
      try {
        const forwarding = forwardingOf(request);
        const after = Number(request.headers['last-event-id'] ?? 0);
        const sightings = watchUntilSettled(() => orders.watch(request.params.id, forwarding, signal), signal);
        // The first one decides between a stream and an error answer.
        const first = await sightings.next();
        if (first.done || (isSettled(first.value) && first.value.sequence <= after)) {
          end();
          await sightings.return(undefined);
          // Tells EventSource not to come again (html.spec.whatwg.org, server-sent events, 9.2.3).
          return reply.code(204).send(null);
        }
        return (
          reply
            .type('text/event-stream')
            .header('x-accel-buffering', 'no')
            // Its headers are gone long before a shut-down could ask for that.
            .header('connection', 'close')
            .send(Readable.from(toText(first.value, sightings, { after, end })))
        );
      } catch (problem) {
        end();
        throw problem;
      }
    },
  );
};
