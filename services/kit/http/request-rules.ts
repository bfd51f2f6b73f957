import { systemClock } from '../system-clock.ts';
import { continueTrace, runInScope } from '../telemetry/request-scope.ts';
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

/** For each request: its trace, its deadline, its id in the answer, a simple query, and a closed connection while draining. */
export const addRequestRules = (http: HttpServer, { deadlineMs, stopping }: RequestRules): void => {
  http.decorateRequest('traceparent', '');
  http.addHook('onRequest', (request, reply, done) => {
    const incoming = request.headers['traceparent'];
    request.traceparent = continueTrace(typeof incoming === 'string' ? incoming : undefined);
    reply.header('x-request-id', request.id).header('traceparent', request.traceparent);
    const budget = request.routeOptions.handlerTimeout || deadlineMs;
    runInScope({ traceparent: request.traceparent, deadlineAt: systemClock.now().getTime() + budget }, done);
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
