import type { Metrics } from '../telemetry/metrics.ts';
import { createSecurityEvents } from '../telemetry/security-events.ts';
import { Refusal, type RefusalKind } from '../values/refusal.ts';
import type { ServedDoor } from './doors.ts';
import type { HttpServer } from './fastify-zod.ts';

/** Refusals that every door may answer with; no table names them. */
const ofEveryDoor: ReadonlySet<RefusalKind> = new Set(['unauthenticated', 'forbidden', 'too-many', 'unavailable']);

const isUndeclared = ({ errors = [] }: ServedDoor, { kind, code }: Refusal) =>
  !ofEveryDoor.has(kind) && !code.startsWith('request.') && !errors.includes(code);

/** Statuses of the refusals that an attack would raise. */
const securityEvents: ReadonlyMap<number, RefusalKind> = new Map<number, RefusalKind>([
  [401, 'unauthenticated'],
  [403, 'forbidden'],
  [429, 'too-many'],
]);

/** Counts and times each answer by its route pattern, never by its URL, so that the number of series stays small. */
export const addHttpMetrics = (http: HttpServer, metrics: Metrics): void => {
  const labels = ['method', 'route', 'status'] as const;
  const requests = metrics.counter({ name: 'http_requests_total', help: 'HTTP requests answered.', labels });
  const duration = metrics.histogram({
    name: 'http_request_duration_seconds',
    help: 'Seconds from the first byte of a request to the end of its answer; streams of events are not timed.',
    labels,
  });
  const countSecurityEvent = createSecurityEvents(metrics, ['person']);
  http.addHook('onResponse', async (request, reply) => {
    const event = securityEvents.get(reply.statusCode);
    if (event) countSecurityEvent(event, 'person');
    const values = {
      method: request.routeOptions.url === undefined ? 'any' : request.method,
      route: request.routeOptions.url ?? 'unmatched',
      status: String(reply.statusCode),
    };
    requests.inc(values);
    // A stream lasts as long as somebody watches: timed, it would be the slowest answer of all.
    if (!String(reply.getHeader('content-type')).startsWith('text/event-stream'))
      duration.observe(values, reply.elapsedTime / 1000);
  });

  const undeclared = metrics.counter({
    name: 'http_undeclared_refusals_total',
    help: 'Refusals with a code that the contract of the door does not name.',
    labels: ['route', 'code'],
  });
  // Not async: a handler that answers after its deadline while this hook waits would end the process.
  http.addHook('onError', ({ routeOptions: { url = '', config } }, _reply, error, done) => {
    if (error instanceof Refusal && config.door && isUndeclared(config.door, error))
      undeclared.inc({ route: url, code: error.code });
    done();
  });
};
