import type { FastifyReply, FastifyRequest } from 'fastify';
import { requestBudget, timeoutHeader } from '../calls/call-budget.ts';
import { systemClock } from '../system-clock.ts';
import {
  contextOf,
  runIn,
  type Span,
  SpanKind,
  SpanStatusCode,
  startSpanOf,
  traceparentOf,
} from '../telemetry/tracing.ts';
import { Refusal } from '../values/refusal.ts';
import type { HttpServer } from './fastify-zod.ts';

/** Longest query string, in characters; no route of the shop needs a quarter of it. */
const longestQuery = 2_048;

const requireSimpleQuery = (url: string, query: unknown) => {
  const start = url.indexOf('?');
  if (start === -1) return;
  if (url.length - start - 1 > longestQuery)
    throw new Refusal('invalid', 'request.query-too-long', `The query is longer than ${longestQuery} characters.`);
  for (const [name, value] of Object.entries(query as Record<string, unknown>))
    if (typeof value !== 'string')
      throw new Refusal('invalid', 'request.query-repeated', `The query names "${name.slice(0, 40)}" more than once.`, {
        errors: [{ path: name.slice(0, 40), message: 'is given more than once' }],
      });
};

export type RequestRules = { readonly deadlineMs: number; readonly stopping: AbortSignal };

/** A span from the arrival of a request until its answer is read or its connection lost. */
const startRequestSpan = ({ headers, method, routeOptions }: FastifyRequest, reply: FastifyReply): Span => {
  const incoming = headers['traceparent'];
  const route = routeOptions.url ?? 'unmatched';
  const span = startSpanOf(typeof incoming === 'string' ? incoming : undefined, `${method} ${route}`, {
    kind: SpanKind.SERVER,
    attributes: { 'http.request.method': method, 'http.route': route },
  });
  if (span.isRecording())
    reply.raw.once('close', () => {
      span.setAttribute('http.response.status_code', reply.statusCode);
      if (reply.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    });
  return span;
};

/** For each request: its trace, its deadline, its id in the answer, a simple query, and a closed connection while draining. */
export const addRequestRules = (http: HttpServer, { deadlineMs, stopping }: RequestRules): void => {
  http.decorateRequest('traceparent', '');
  http.addHook('onRequest', (request, reply, done) => {
    const span = startRequestSpan(request, reply);
    request.traceparent = traceparentOf(span);
    reply.header('x-request-id', request.id).header('traceparent', request.traceparent);
    const waits = request.headers[timeoutHeader];
    const longest = request.routeOptions.handlerTimeout || deadlineMs;
    const budget = requestBudget(typeof waits === 'string' ? waits : undefined, longest);
    runIn(contextOf(span, systemClock.now().getTime() + budget), done);
  });
  // At the end, not at the beginning: a connection whose request began before the shut-down would stay open for as long
  // as it may be kept alive, and hold the shut-down up.
  http.addHook('onSend', async (_request, reply) => {
    if (stopping.aborted) reply.header('connection', 'close');
  });
  http.addHook('onRequest', async (request) => {
    requireSimpleQuery(request.raw.url ?? '', request.query);
  });
};
