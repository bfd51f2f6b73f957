import { Refusal } from '../values/refusal.ts';
import type { HttpServer } from './fastify-zod.ts';

/**
 * Answers 503 `service.overloaded` to what would be one request too many at a time: a queue that grows makes all of its
 * requests late instead of some of them refused. Health, metrics and
 * routes whose `handlerTimeout` is longer than the door's deadline (server-sent events) do not count.
 */
export const addInFlightLimit = (
  http: HttpServer,
  { mostInFlight, deadlineMs }: { mostInFlight: number; deadlineMs: number },
): void => {
  let inFlight = 0;
  http.addHook('onRequest', async (request, reply) => {
    const { config, handlerTimeout } = request.routeOptions;
    if (config.rateLimit === false || handlerTimeout > deadlineMs) return;
    if (inFlight >= mostInFlight)
      throw new Refusal('unavailable', 'service.overloaded', 'Too many requests at a time; try again in a moment.', {
        retryAfterSeconds: 1,
      });
    inFlight += 1;
    reply.raw.once('close', () => {
      inFlight -= 1;
    });
  });
};
