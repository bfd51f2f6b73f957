import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Access, Caller } from '../auth/caller.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call the route; every route states it. */
    access?: Access;
    /** Asked by who keeps the service alive: no limit refuses it. */
    isProbe?: true;
  }
  interface FastifyRequest {
    caller: Caller;
    /** W3C trace context of this hop; clients of the kit pass it on by themselves. */
    traceparent: string;
  }
}

/** Fastify with zod schemas: `http.get('/orders/:id', { schema, config: { access } }, handler)`. */
export type HttpServer = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression<RawServerDefault>,
  RawReplyDefaultExpression<RawServerDefault>,
  FastifyBaseLogger,
  ZodTypeProvider
>;
